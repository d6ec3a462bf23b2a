//! `ledger erase`: a finished case's data go, the account stays.

use super::Handle;
use crate::command::Command;
use crate::sweep::sweep;
use crate::transition::erase::Order;
use crate::verb::Reply;
use ledger::LedgerError;
use ledger::event::Person;
use model::{CaseNo, Code, Finding};

impl Handle {
    /// Erases one finished case's data.
    pub(super) async fn erase(
        &self,
        case_no: String,
        reason: String,
        person: Option<Person>,
    ) -> Result<Reply, Finding> {
        let person = super::accountable(person, &reason)?;
        let case_no = CaseNo::new(case_no);
        let scope = self.shared.ask(|tell| Command::Scope(vec![case_no], tell)).await?;
        let read = |error: LedgerError| Finding::new(Code::LRead).with("detail", error);
        let found = sweep(scope).await.map_err(read)?;
        let order = Order {
            person,
            reason,
            archive: None,
            rule: None,
        };
        let count = self.shared.ask(|tell| Command::Erase(found, order, tell)).await?;
        Ok(Reply::Done { count })
    }
}
