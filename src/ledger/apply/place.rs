//! Where an event stands, and whether it tells a case's own story or one of many.

use crate::brief::Brief;
use crate::event::Pos;

/// Where an event stands that changes a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The event.
    pub(super) pos: Pos,
    /// It is about one case, and says all that it changes, but for the row below.
    alone: bool,
    /// The row that it speaks of.
    row: Option<Pos>,
}

impl Place {
    /// An event about one case alone. Whatever is said so must change nothing but by what it says.
    pub(super) fn alone(pos: Pos) -> Self {
        Self {
            pos,
            alone: true,
            row: None,
        }
    }

    /// The same, together with a row.
    pub(super) fn with_row(pos: Pos, row: Pos) -> Self {
        Self {
            row: Some(row),
            ..Self::alone(pos)
        }
    }

    /// A brief with this at its end, where that still tells the case.
    pub(super) fn add_to(self, brief: Brief) -> Option<Brief> {
        if !self.alone {
            return None;
        }
        let brief = match self.row {
            Some(row) => brief.and(row)?,
            None => brief,
        };
        brief.and(self.pos)
    }
}

/// Of an event about many things, which would be long to read for the sake of one case.
impl From<Pos> for Place {
    fn from(pos: Pos) -> Self {
        Self {
            pos,
            alone: false,
            row: None,
        }
    }
}
