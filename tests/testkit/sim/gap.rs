//! The police behind a one-way gap: a ferry takes files over and may lose them, nobody answers for that, and what comes
//! back is a receipt for whole files, perhaps, and results.

use crate::sim::sheet::Sheet;
use crate::sim::town::today;
use crate::sim::world::{Decision, Fate, HOUR, MINUTE, World};

/// Who they are.
pub const POLICE: &str = "psb";
/// What they do.
pub const SEAL: &str = "psb.seal";

impl World {
    /// The ferry goes, and the police read what it brought.
    pub fn police_work(&self) {
        let now = self.now();
        for name in self.waiting_for(POLICE) {
            if !self.chance(60) {
                continue;
            }
            let at = now + self.between(5 * MINUTE, 6 * HOUR);
            let lost = self.fault(8);
            let mut state = self.lock();
            let sheets = state.outbox.remove(&name);
            let attempts: Vec<u64> = sheets.iter().flatten().map(|s| s.attempt).collect();
            state.taken.insert(name.clone(), (at, sheets.filter(|_| !lost)));
            drop(state);
            self.say(format!("the ferry takes {name}, loses it: {lost}"));
            for attempt in attempts.into_iter().filter(|_| lost) {
                self.settle(attempt, Fate::Dead, false);
            }
        }
        let ready: Vec<(String, Vec<Sheet>)> = {
            let mut state = self.lock();
            let ready = state
                .taken
                .iter_mut()
                .filter(|(name, (at, s))| name.contains("-psb-") && *at <= now && s.is_some());
            ready
                .filter_map(|(name, (_, sheets))| Some((name.clone(), sheets.take()?)))
                .collect()
        };
        for (name, sheets) in ready {
            let mut attempts = Vec::new();
            for sheet in sheets {
                if self.book(&sheet, "frontend").is_ok() {
                    attempts.push(sheet.attempt);
                }
            }
            // Their receipt comes, or it does not.
            if !self.chance(40) {
                let row = vec![
                    ("ManifestNo".to_owned(), name.clone()),
                    ("Code".to_owned(), "0000".to_owned()),
                ];
                self.put_out(POLICE, "acks", None, vec![row], attempts);
            }
        }
    }

    /// What they decide is said in a file of its own.
    pub fn police_announce(&self, decision: &Decision) {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let word = match decision.standing {
            "approved" => "1",
            "supplement_requested" => "2",
            _ => "3",
        };
        let date: Vec<String> = today(self)
            .split('-')
            .map(|n| n.trim_start_matches('0').to_owned())
            .collect();
        let mut row = vec![
            field("CaseNo", &decision.what.0),
            field("Result", word),
            field("RecordDate", &format!("{}年{}月{}日", date[0], date[1], date[2])),
        ];
        if word != "1" {
            row.push(field("Reason", "材料不全"));
        }
        row.extend(decision.gives.iter().map(|(_, value)| field("SealShop", value)));
        self.put_out(POLICE, "results", None, vec![row], Vec::new());
    }
}
