//! How each version of a stored type is read: straight, through an older shape, through an older type, or through its JSON value.

use super::model::{Field, Kind, UpcastBy};

/// How a version is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Straight into its type.
    Current,
    /// Through one of the older shapes.
    Shape(usize),
    /// As the type of this upcast.
    Typed(usize),
    /// As a JSON value, which this upcast changes.
    Value(usize),
}

/// The fields as they were: an entry for each field of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(pub Vec<FieldShape>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldShape {
    /// It was not there yet.
    Absent,
    /// As it is now.
    Same,
    /// As this `was(…)` says.
    Was(usize),
}

/// The plan of each version from 1 to the current one, and the shapes that they name.
pub struct Plans {
    pub shapes: Vec<Shape>,
    plans: Vec<Plan>,
}

impl Plans {
    pub fn of(kind: &Kind) -> Self {
        let mut shapes = Vec::new();
        let mut plans = Vec::new();
        for version in 1..=kind.version {
            let upcast = kind
                .upcasts
                .iter()
                .position(|upcast| upcast.from == version);
            plans.push(match upcast.map(|at| (at, &kind.upcasts[at].by)) {
                Some((at, UpcastBy::Type(_))) => Plan::Typed(at),
                Some((at, UpcastBy::Value(_))) => Plan::Value(at),
                None => shape_of(&mut shapes, kind, version),
            });
        }
        Self { shapes, plans }
    }

    /// The plan of a version from 1 to the current one.
    pub fn of_version(&self, version: u16) -> Plan {
        self.plans
            .get(usize::from(version) - 1)
            .copied()
            .unwrap_or(Plan::Current)
    }

    /// The first version that is read through this shape.
    pub fn first_of(&self, shape: usize) -> Option<u16> {
        let at = self
            .plans
            .iter()
            .position(|plan| *plan == Plan::Shape(shape))?;
        u16::try_from(at + 1).ok()
    }

    /// Stretches of versions that are read in the same way. Value upcasts that follow upon each other are one stretch.
    pub fn stretches(&self) -> Vec<(u16, u16, Plan)> {
        let mut stretches: Vec<(u16, u16, Plan)> = Vec::new();
        for (plan, version) in self.plans.iter().zip(1..) {
            match stretches.last_mut() {
                Some((_, last, same))
                    if same == plan
                        || matches!((&*same, plan), (Plan::Value(_), Plan::Value(_))) =>
                {
                    *last = version;
                }
                _ => stretches.push((version, version, *plan)),
            }
        }
        stretches
    }
}

fn shape_of(shapes: &mut Vec<Shape>, kind: &Kind, version: u16) -> Plan {
    let shape = Shape(
        kind.fields
            .iter()
            .map(|field| field_shape(field, version))
            .collect(),
    );
    if shape.0.iter().all(|field| *field == FieldShape::Same) {
        return Plan::Current;
    }
    Plan::Shape(
        shapes
            .iter()
            .position(|known| *known == shape)
            .unwrap_or_else(|| {
                shapes.push(shape);
                shapes.len() - 1
            }),
    )
}

fn field_shape(field: &Field, version: u16) -> FieldShape {
    if field
        .since
        .as_ref()
        .is_some_and(|since| version < since.version)
    {
        return FieldShape::Absent;
    }
    field
        .was
        .iter()
        .position(|was| version <= was.until)
        .map_or(FieldShape::Same, FieldShape::Was)
}
