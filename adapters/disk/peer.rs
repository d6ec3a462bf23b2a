//! Another gateway on the other side: its sets are numbered by itself, name the one before, and say what it took of ours.

use crate::names::Names;
use model::Finding;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What to do with a set before which another is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gaps {
    /// Take it, and list what is missing until a person has dealt with it.
    #[default]
    Pass,
    /// Do not take it until what is missing came, or a person says that it is not waited for.
    Hold,
}

/// Settings for another gateway.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// How the numbers of its sets begin, feed by feed.
    pub feeds: BTreeMap<String, String>,
    /// The feed that takes what it says it took of ours: role `receipts`, columns `BATCH`, `ROW`, `CODE`, `REASON`, `BY`.
    #[serde(default)]
    pub took: Option<String>,
    /// What to do with a set before which another is missing.
    #[serde(default)]
    pub gaps: Gaps,
}

impl Peer {
    /// Whether a feed brings what the other gateway numbers, or its list; not answers to ours.
    pub(crate) fn has(&self, feed: &str) -> bool {
        self.feeds.contains_key(feed) || self.took.as_deref() == Some(feed)
    }

    /// The feed of a set of the other gateway's by its number, or by the name of its file: feed and number.
    pub(crate) fn feed_of(&self, names: &Names, name: &str) -> Option<(&str, String)> {
        self.feeds.iter().find_map(|(feed, prefix)| {
            let theirs = Names {
                out: String::new(),
                back: prefix.clone(),
                style: names.style,
            };
            let rest = theirs.answers(name)?;
            Some((feed.as_str(), format!("{prefix}{rest}")))
        })
    }
}

/// A set that the other gateway numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    /// The feed it belongs to.
    pub(crate) feed: String,
    /// The number on it.
    pub(crate) number: String,
    /// Its number in the other ledger: they run on, whatever the day and whatever the clock there says.
    pub(crate) ledger: u64,
    /// The one before it: number, and number in the other ledger.
    pub(crate) before: Option<(String, u64)>,
}

impl Original {
    /// What it declares: short numbers come again every year, the ledger's do not.
    pub(crate) fn declared(&self) -> String {
        format!("{} b{}", self.number, self.ledger)
    }

    /// The set that is missing before this one, where sets up to `reached` came.
    pub(crate) fn missing(&self, reached: Option<u64>) -> Option<&str> {
        let (number, ledger) = self.before.as_ref()?;
        (reached.is_none_or(|reached| *ledger > reached)).then_some(number)
    }

    /// How a finding about it names what is missing.
    pub(crate) fn lacks(&self, code: model::Code, missing: &str) -> Finding {
        Finding::new(code).with("missing", missing).with("found", &self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Style;

    fn original(ledger: u64, before: Option<u64>) -> Original {
        Original {
            feed: "results".into(),
            number: format!("JG0302A{ledger}"),
            ledger,
            before: before.map(|ledger| (format!("JG0302A{ledger}"), ledger)),
        }
    }

    #[test]
    fn numbers_of_the_other_ledger_decide_what_is_missing() {
        // The set, the one before it, and up to which sets came: what is missing.
        let table = [
            (1, None, None, None),
            (3, Some(1), Some(1), None),
            (7, Some(3), Some(1), Some("JG0302A3")),
            (3, Some(1), None, Some("JG0302A1")),
            // One that comes late, and one that comes again.
            (3, Some(1), Some(7), None),
            (7, Some(3), Some(7), None),
        ];
        for (ledger, before, reached, missing) in table {
            assert_eq!(
                original(ledger, before).missing(reached),
                missing,
                "{ledger} {reached:?}"
            );
        }
    }

    #[test]
    fn a_feed_is_known_by_how_the_number_begins() {
        let peer = Peer {
            feeds: [("results".into(), "JG".into()), ("cases".into(), "BJ".into())].into(),
            took: Some("took".into()),
            gaps: Gaps::Pass,
        };
        let names = Names {
            out: "SW".into(),
            back: "HP".into(),
            style: Style::Short,
        };
        let table = [
            ("JG0302A1", Some(("results", "JG0302A1"))),
            ("jg0302a1.dbf", Some(("results", "JG0302A1"))),
            ("BJ0302A1.DBF.age", Some(("cases", "BJ0302A1"))),
            ("HP0302A1.DBF", None),
            ("JG0302A0.DBF", None),
        ];
        for (name, found) in table {
            let found = found.map(|(feed, number)| (feed, number.to_owned()));
            assert_eq!(peer.feed_of(&names, name), found, "{name}");
        }
        assert!(peer.has("took") && peer.has("cases") && !peer.has("return"));
    }
}
