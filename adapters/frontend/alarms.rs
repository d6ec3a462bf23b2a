//! What somebody should look at in a directory that files come into: nothing of it stops the channel, and nothing of it may
//! lie there in silence.

use crate::numbered::{Inside, number_of};
use crate::place::{Entry, Kind, Listing, Place};
use crate::seen::Seen;
use crate::settings::{InSettings, Ready};
use crate::{names, units};
use model::{Code, Finding};
use port::{Context, Fault};
use std::collections::BTreeSet;
use std::time::Duration;

/// The first thing that is wrong: what was left out, names nobody can handle, old claims of others, what waits too long.
pub async fn judge(place: &dyn Place, settings: &InSettings, context: &Context, seen: &Seen) -> Result<(), Fault> {
    let listing = place.list(&settings.dir, settings.names_max).await?;
    seen.look(&listing.entries, context.clock.now());
    let alarms = Alarms {
        place,
        settings,
        context,
        seen,
    };
    let found = match alarms.left_out(&listing).or_else(|| alarms.old_claim(&listing)) {
        Some(found) => Some(found),
        None => alarms.waits(&listing).await?,
    };
    found.map_or(Ok(()), |finding| Err(Fault::person(finding)))
}

struct Alarms<'a> {
    place: &'a dyn Place,
    settings: &'a InSettings,
    context: &'a Context,
    seen: &'a Seen,
}

impl Alarms<'_> {
    /// Names that no look will ever see.
    fn left_out(&self, listing: &Listing) -> Option<Finding> {
        let place = |detail: String| {
            let finding = Finding::new(Code::CPlace).with("path", &self.settings.dir);
            Some(finding.with("detail", detail))
        };
        if listing.cut {
            let most = self.settings.names_max;
            return place(format!("文件名超过 more names than in.names_max = {most}"));
        }
        if listing.unreadable > 0 {
            return place(format!(
                "{}个文件名不是UTF-8，未处理 names are not UTF-8 and were left alone",
                listing.unreadable
            ));
        }
        let files = listing.entries.iter().filter(|e| e.kind == Kind::File);
        let mut odd = files.filter(|e| !names::is_sound(&e.name) && self.settings.feed_of(&e.name).is_some());
        let first = odd.next()?;
        let shown = names::shown(&first.name);
        place(format!(
            "{}个文件名不能使用，如 names cannot be used, such as {shown}",
            odd.count() + 1
        ))
    }

    /// A claim of another node that has been standing for too long.
    fn old_claim(&self, listing: &Listing) -> Option<Finding> {
        listing.entries.iter().find_map(|entry| {
            let claim = names::claim_of(&entry.name).filter(|claim| claim.node != self.context.node)?;
            let age = self.age(entry);
            (names::is_sound(claim.name) && age > self.settings.claim_alarm.0).then(|| {
                Finding::new(Code::COldClaim)
                    .with("file", claim.name)
                    .with("owner", claim.node.escape_default())
                    .with("age", units::shown(age))
            })
        })
    }

    /// What has been incomplete for too long.
    async fn waits(&self, listing: &Listing) -> Result<Option<Finding>, Fault> {
        let names: BTreeSet<&str> = listing.entries.iter().map(|e| e.name.as_str()).collect();
        let claimed: BTreeSet<&str> = names
            .iter()
            .filter_map(|n| names::claim_of(n))
            .map(|c| c.name)
            .collect();
        for entry in &listing.entries {
            let age = self.age(entry);
            if age <= self.settings.wait_alarm.0 || !names::is_sound(&entry.name) {
                continue;
            }
            let detail = match entry.kind {
                Kind::File => self.file_waits(&entry.name, &names, &claimed).map(str::to_owned),
                Kind::Dir if self.settings.ready == Ready::End && number_of(&entry.name).is_some() => {
                    let path = names::join(&self.settings.dir, &entry.name);
                    Inside::look(self.place, self.settings, &path).await?.waits()
                }
                Kind::Dir | Kind::Other => None,
            };
            if let Some(detail) = detail {
                let finding = Finding::new(Code::CWaits).with("file", names::shown(&entry.name));
                return Ok(Some(finding.with("age", units::shown(age)).with("detail", detail)));
            }
        }
        Ok(None)
    }

    fn file_waits(&self, name: &str, names: &BTreeSet<&str>, claimed: &BTreeSet<&str>) -> Option<&'static str> {
        let settings = self.settings;
        let is_fed = |name: &str| settings.feed_of(name).is_some();
        if settings
            .finished(name)
            .is_some_and(|finished| finished != name && is_fed(finished))
        {
            return Some("还在写 it is still being written");
        }
        match settings.ready {
            Ready::Marker if is_fed(name) => {
                let marker = format!("{name}{}", settings.marker);
                (!names.contains(marker.as_str())).then_some("没有标记文件 there is no marker")
            }
            Ready::Marker => {
                let data = name.strip_suffix(&settings.marker).filter(|data| is_fed(data))?;
                let there = names.contains(data) || claimed.contains(data);
                (!there).then_some("只有标记文件 there is only a marker")
            }
            Ready::Stable if is_fed(name) => Some("没有尾部，或一直在变 its tail is missing, or it keeps changing"),
            _ => None,
        }
    }

    /// The age of the file, which is the most its claim can have: renaming does not touch it.
    fn age(&self, entry: &Entry) -> Duration {
        self.seen.age(&entry.name, entry.mtime, self.context.clock.now())
    }
}
