//! `channel trust`: a person vouches for the host key that the other side shows.
//!
//! The other side is looked at anew for it: what a person vouches for is what stands there now, and a key that nobody
//! shows, or that changed once more since, is not trusted.

use super::Handle;
use crate::command::Command;
use crate::verb::Reply;
use ledger::event::Person;
use model::{Code, DeptId, Finding};
use port::Adapter;
use std::sync::Arc;

impl Handle {
    pub(super) async fn trust(
        &self,
        dept: &DeptId,
        channel: Option<&str>,
        fingerprint: String,
        person: Option<Person>,
    ) -> Result<Reply, Finding> {
        let person = person.ok_or_else(|| Finding::new(Code::VPerson))?;
        let Some(fingerprint) = crate::verb::fingerprint(&fingerprint).map(str::to_owned) else {
            let detail = "指纹应为 SHA256: 加43个字符 a fingerprint is SHA256: and 43 characters";
            return Err(Finding::new(Code::VCall).with("detail", detail));
        };
        let (channel, adapter) = self.known_by_key(dept, channel)?;
        let Err(fault) = adapter.probe().await else {
            return Err(Finding::new(Code::VTrusted).with("channel", format!("{dept}/{channel}")));
        };
        if fault.finding.code != Code::CHostKey {
            return Err(fault.finding);
        }
        let found = fault.finding.arg("found").unwrap_or_default();
        if found != fingerprint {
            let other = Finding::new(Code::VFingerprint).with("given", fingerprint);
            return Err(other.with("found", found));
        }
        let dept = dept.clone();
        self.shared
            .ask(|tell| Command::Trust {
                dept,
                channel,
                fingerprint,
                person,
                tell,
            })
            .await?;
        Ok(Reply::Done { count: 1 })
    }

    /// The channel that was named; without a name, the only one that knows its other side by a key.
    fn known_by_key(&self, dept: &DeptId, channel: Option<&str>) -> Result<(String, Arc<dyn Adapter>), Finding> {
        let unknown = |what: String| Finding::new(Code::VNotFound).with("what", what);
        let plan = self.shared.plan.dept(dept);
        let ladder = &plan.ok_or_else(|| unknown(dept.to_string()))?.ladder;
        if let Some(name) = channel.filter(|name| !ladder.iter().any(|c| c.name == **name)) {
            return Err(unknown(format!("{dept}/{name}")));
        }
        let named = ladder.iter().filter(|c| channel.is_none_or(|name| name == c.name));
        let adapters = named.filter_map(|c| Some((c.name.clone(), self.shared.adapter(dept, &c.name)?)));
        let mut keyed: Vec<_> = adapters.filter(|(_, adapter)| adapter.pinned().is_some()).collect();
        match (keyed.pop(), keyed.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => {
                let detail = "多条通道有主机密钥 several channels have a host key: --channel";
                Err(Finding::new(Code::VCall).with("detail", detail))
            }
            (None, _) => {
                let at = channel.map_or_else(|| dept.to_string(), |name| format!("{dept}/{name}"));
                Err(Finding::new(Code::VNoKey).with("channel", at))
            }
        }
    }
}
