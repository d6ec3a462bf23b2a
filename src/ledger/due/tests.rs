//! What is due first is found first, whatever came and went before it.
#![allow(clippy::unwrap_used)]

use super::{Due, due_key};
use crate::arriving::NoPast;
use crate::books::Books;
use crate::shelf::Empty;
use model::{CaseNo, DeptId, MatterId, ObligationKey};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

fn due(dept: u8, at: i64, n: u32) -> (DeptId, Due) {
    let key = ObligationKey {
        case_no: CaseNo::new(format!("京/C{n}")),
        matter: MatterId::new(format!("d{dept}.m")),
        round: 1,
    };
    (key.matter.dept(), Due { at, key, n })
}

proptest! {
    #[test]
    fn the_first_one_is_found(steps in prop::collection::vec((any::<bool>(), 0..2_u8, 0..30_i64, 1..4_u32), 0..80)) {
        let mut books = Books::over(Arc::new(Empty), Arc::new(NoPast));
        let mut model: BTreeMap<String, (DeptId, Due)> = BTreeMap::new();
        for (put, dept, at, n) in steps {
            let (dept, due) = due(dept, at, n);
            let key = due_key(&dept, &due);
            if put {
                books.put_due(&dept, &due);
                model.insert(key, (dept, due));
            } else {
                books.due.remove(&key);
                model.remove(&key);
            }
            for dept in [DeptId::new("d0"), DeptId::new("d1")] {
                let all: Vec<Due> = model.values().filter(|(d, _)| *d == dept).map(|(_, due)| due.clone()).collect();
                prop_assert_eq!(books.first_due(&dept), all.first().cloned());
                let now = 15;
                let count = all.iter().filter(|due| due.at <= now).count() as u64;
                prop_assert_eq!(books.count_due(&dept, now, 100), count);
                if let [first, rest @ ..] = &all[..] {
                    for most in [1, 3] {
                        let next: Vec<Due> = rest.iter().take(most).cloned().collect();
                        prop_assert_eq!(books.due_after(&dept, Some(first), most), next);
                    }
                }
            }
        }
    }
}
