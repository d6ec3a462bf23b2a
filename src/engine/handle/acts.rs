//! What people did is read beside the loop: a long look back must not hold up anybody's work.

use super::Handle;
use crate::acts::{Wanted, look, placed};
use crate::clear;
use crate::command::Command;
use crate::verb::Reply;
use jiff::civil::Date;
use model::{Code, Finding};

impl Handle {
    pub(super) async fn acts(
        &self,
        before: Option<String>,
        person: Option<String>,
        day: Option<Date>,
        most: usize,
    ) -> Result<Reply, Finding> {
        let plan = &self.shared.plan;
        let before = match before {
            Some(text) => match placed(&text) {
                Some(place) => Some(place),
                None => return Err(Finding::new(Code::VNotFound).with("what", text)),
            },
            None => None,
        };
        let next = |day: Date| day.tomorrow().map_or(i64::MAX, |next| plan.midnight(next));
        let wanted = Wanted {
            before,
            person,
            between: day.map(|day| (plan.midnight(day), next(day))),
            most,
        };
        let (past, last) = self.shared.ask(Command::Past).await?;
        let found = look(&*past, last, &wanted).await;
        found.map(Reply::Acts).map_err(clear::read)
    }
}
