//! `ledger archive`: the data of cases that were finished long ago move into a file of their own. The file is durable and was
//! read back before anything is erased.

use super::Handle;
use crate::clear;
use crate::transition::erase::Order;
use crate::verb::Reply;
use jiff::civil::Date;
use ledger::event::Person;
use model::{Code, Finding};
use std::path::PathBuf;

impl Handle {
    pub(super) async fn archive(&self, before: Date, to: PathBuf, person: Option<Person>) -> Result<Reply, Finding> {
        let person = person.ok_or_else(|| Finding::new(Code::VPerson))?;
        let cases = clear::finished(&self.shared, self.plan().midnight(before)).await?;
        if cases.is_empty() {
            let detail = format!("{before}之前没有已了结的办件 no case was finished before {before}");
            return Err(Finding::new(Code::VState).with("detail", detail));
        }
        let found = clear::find(&self.shared, cases).await?;
        let sealed = clear::archive(&found, to).await?;
        let order = Order {
            person,
            reason: format!("{before}前了结 finished before {before}"),
            archive: Some((sealed.name.clone(), sealed.digest.clone())),
            rule: None,
        };
        let all = found.data.len();
        // What changed meanwhile stays here, and is in the archive all the same.
        let cases = clear::forget(&self.shared, found.data, &order).await?;
        let stayed = all - cases;
        Ok(Reply::Archived { sealed, cases, stayed })
    }
}
