//! Items that a `macro_rules!` writes, with every kind of fragment in their attributes.

use eventsource_core::prelude::{
    Apply, Context, Decision, EventContext, Handle, Project, React, ReactContext, Rejected,
};
use eventsource_core::{Aggregate, Command, Event, ProcessManager, Projection, events};

macro_rules! domain {
    (
        $vis:vis $event:ident($name:literal, $version:literal, $field:ident: $field_ty:ty = $default:expr),
        $command:ident, $aggregate:ident($category:literal, $id:ty, $error:ty), $row:ident($table:literal, $key:ident),
        $process:ident($process_name:literal, $sent:ty)
    ) => {
        /// Written by a macro.
        #[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[event(name = $name, version = $version)]
        $vis struct $event {
            /// Written by a macro.
            #[event(since = $version, default = $default)]
            $vis $field: $field_ty,
        }

        /// Written by a macro.
        #[derive(Command, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[command(aggregate = $aggregate, name = "fragment.count", upserts)]
        $vis struct $command {
            #[command(id)]
            id: $id,
        }

        /// Written by a macro.
        #[derive(Aggregate, Debug, Clone, PartialEq, Eq, Default)]
        #[aggregate(name = $category, id = $id, error = $error, events($event), commands($command))]
        $vis struct $aggregate {
            last: $field_ty,
        }

        impl Apply<$event> for $aggregate {
            fn apply(&mut self, event: &$event) {
                self.last = event.$field;
            }
        }

        impl Handle<$command> for $aggregate {
            fn handle(&self, _: $command, _: &Context<'_, Self>) -> Decision<Self> {
                Ok(events![$event { $field: $default }])
            }
        }

        /// Written by a macro.
        #[derive(Projection, Debug, Clone, PartialEq, Eq, Default)]
        #[projection(name = $table, version = 1, events($event(key = $field)))]
        $vis struct $row {
            #[projection(key)]
            $key: $field_ty,
        }

        impl Project<$event> for $row {
            fn project(&mut self, _: &$event, _: &EventContext<'_>) {}
        }

        /// Written by a macro.
        #[derive(ProcessManager, Debug, Clone, PartialEq, Eq, Default)]
        #[process_manager(
            name = $process_name,
            version = 1,
            from = beginning,
            events($event(key = $field), Rejected<$sent>),
            commands($sent)
        )]
        $vis struct $process {
            #[process_manager(key)]
            $key: $field_ty,
        }

        impl React<$event> for $process {
            fn react(&mut self, _: &$event, context: &mut ReactContext<'_, Self>) {
                context.send($command { id: context.stream_id().to_owned() });
            }
        }

        impl React<Rejected<$sent>> for $process {
            fn react(&mut self, _: &Rejected<$sent>, context: &mut ReactContext<'_, Self>) {
                context.complete();
            }
        }
    };
}

domain! {
    pub Counted("fragment.counted", 2, count: u64 = 3 + 4),
    Count, Counter("fragment", String, std::convert::Infallible), Counts("fragments", of),
    Counting("fragment_process", Count)
}

macro_rules! listed {
    ($aggregate:ident, $event:ty) => {
        /// An event that comes as a type.
        #[derive(Aggregate, Debug, Default)]
        #[aggregate(name = "fragment2", id = String, error = std::convert::Infallible, events($event))]
        pub struct $aggregate;

        impl Apply<$event> for $aggregate {
            fn apply(&mut self, _: &$event) {}
        }
    };
}

listed!(Other, Counted);

/// Expressions that syn parses only with its full grammar.
#[derive(Event, Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[event(name = "fragment.expressions", version = 2)]
pub struct Expressions {
    /// A block.
    #[event(since = 2, default = { let one = 1; one + 1 })]
    pub block: u8,
    /// An array.
    #[event(since = 2, default = [1, 2, 3])]
    pub array: [u8; 3],
    /// A closure that is called.
    #[event(since = 2, default = (|| 5)())]
    pub closure: u8,
    /// A condition.
    #[event(since = 2, default = if cfg!(windows) { 1 } else { 2 })]
    pub condition: u8,
    /// A match.
    #[event(since = 2, default = match 1 { 1 => "one", _ => "other" }.to_owned())]
    pub matched: String,
    /// A turbofish with a comma.
    #[event(since = 2, default = std::collections::BTreeMap::<String, Vec<u8>>::new())]
    pub map: std::collections::BTreeMap<String, Vec<u8>>,
    /// A closure as a conversion.
    #[event(was(type = std::collections::BTreeMap<String, u8>, until = 1, with = |old: std::collections::BTreeMap<String, u8>| old.len()))]
    pub converted: usize,
}

#[cfg(test)]
mod tests {
    use super::Expressions;
    use eventsource_core::testing::decode;

    #[test]
    fn every_kind_of_expression_is_a_default() {
        let event =
            decode::<Expressions>("fragment.expressions", 1, r#"{"converted":{"a":1}}"#).unwrap();
        assert_eq!((event.block, event.array, event.closure), (2, [1, 2, 3], 5));
        assert_eq!((event.matched.as_str(), event.converted), ("one", 1));
    }
}
