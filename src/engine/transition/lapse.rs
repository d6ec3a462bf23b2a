//! Evidence whose term is over goes, and it is said that it went. The chain stays whole, and what was owed, booked and decided
//! is not among it.

use crate::desk::{Desk, Done};
use crate::doubt;
use crate::transition::close_day;
use ledger::{Event, Lapse, Pos};

/// Erases these entries in one group.
pub fn evidence(desk: &mut Desk<'_>, places: &[Pos], lapse: Lapse) -> Done {
    // A ledger that may be an old one explains itself by what is in it.
    doubt::need_trust(desk)?;
    close_day::close_day(desk)?;
    let event = Event::Lapsed(lapse);
    desk.mirror(&event);
    desk.ledger.erase(desk.now, vec![event], places)?;
    Ok(())
}
