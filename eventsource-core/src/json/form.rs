//! How JSON is written: as `serde_json` does, and noting how deep it nests and whether anything in it is null.

use std::cell::Cell;
use std::io;

use serde_json::ser::Formatter;

use super::DEEPEST;

/// What was noted while a value was written.
#[derive(Default)]
pub(super) struct Form {
    depth: Cell<u32>,
    nulls: Cell<bool>,
}

impl Form {
    /// What writes, and notes it here.
    pub(super) fn noting(&self) -> Noting<'_> {
        Noting(self)
    }

    /// Whether something was null: an absent value, or a float that is no number.
    pub(super) fn has_nulls(&self) -> bool {
        self.nulls.get()
    }

    /// Whether writing ended because it nests too deep.
    pub(super) fn is_too_deep(&self) -> bool {
        self.depth.get() > DEEPEST
    }
}

/// Writes without white space.
pub(super) struct Noting<'a>(&'a Form);

impl Noting<'_> {
    fn enter(&self) -> io::Result<()> {
        let depth = self.0.depth.get().saturating_add(1);
        self.0.depth.set(depth);
        if depth > DEEPEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(())
    }

    fn leave(&self) {
        self.0.depth.set(self.0.depth.get().saturating_sub(1));
    }
}

impl Formatter for Noting<'_> {
    #[inline]
    fn write_null<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.nulls.set(true);
        writer.write_all(b"null")
    }

    #[inline]
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        writer.write_all(b"[")
    }

    #[inline]
    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.leave();
        writer.write_all(b"]")
    }

    #[inline]
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        writer.write_all(b"{")
    }

    #[inline]
    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.leave();
        writer.write_all(b"}")
    }
}
