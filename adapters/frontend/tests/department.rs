//! The mode and the living tax bureau, each working on its own side of the directory.

use super::everywhere;
use super::world::*;
use departments::fate::{Fates, Ruling};
use departments::ltax::{Ltax, MATTER};
use departments::{Books, Entry};
use port::{Adapter, BatchVerdict, Outcome};
use std::path::Path;
use std::sync::Arc;

everywhere!(a_case_goes_out_and_comes_back, a_repeat_of_what_was_booked_is_refused);

struct SecondIsAskedFirst;

impl Fates for SecondIsAskedFirst {
    fn ruling(&self, _matter: &str, case_no: &str) -> Ruling {
        if case_no.ends_with("27") {
            Ruling::SupplementFirst
        } else {
            Ruling::Approve
        }
    }
}

fn bureau(world: &World, dir: &Path) -> Ltax {
    let books = Arc::new(Books::open(&dir.join("books"), "ltax").unwrap());
    Ltax::open(
        &world.root(),
        dir,
        books,
        Arc::new(SecondIsAskedFirst),
        world.clock.clone(),
        480,
    )
    .unwrap()
}

async fn take(adapter: &Arc<dyn Adapter>) -> Vec<(String, Vec<Vec<String>>)> {
    let mut all = Vec::new();
    for mut offer in adapter.collect(&ask(10)).await.unwrap() {
        all.push((offer.name.clone(), read(&mut offer).unwrap()));
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
    }
    all
}

fn booked(bureau: &Ltax, case_no: &str) -> Vec<(u32, String)> {
    let all: Vec<Entry> = bureau.books().of(case_no, MATTER);
    all.into_iter().map(|e| (e.round, e.op)).collect()
}

mod body {
    use super::*;

    pub async fn a_case_goes_out_and_comes_back(world: World) {
        let dir = tempfile::tempdir().unwrap();
        let (adapter, bureau) = (world.adapter(), bureau(&world, dir.path()));
        let rows = rows();
        let (first, second) = ("110108202603020000019", "110108202603020000027");
        let batch = prepared(&*adapter, &rows, 1);
        assert_eq!(
            adapter.deliver(&batch).await.unwrap(),
            [Outcome::Pending, Outcome::Pending]
        );
        assert_eq!(bureau.tick().unwrap().booked, 2);
        let ret = take(&adapter).await;
        assert_eq!(
            ret,
            [(
                "HUB_LTAX_SWDJ_20260316_0001_RET.csv".to_owned(),
                vec![
                    vec!["1".to_owned(), first.to_owned(), "0000".to_owned(), "成功".to_owned()],
                    vec!["2".to_owned(), second.to_owned(), "0000".to_owned(), "成功".to_owned()],
                ]
            )]
        );
        assert_eq!(bureau.tick().unwrap().results, 2);
        let results = take(&adapter).await;
        assert_eq!(results[0].0, "LTAX_HUB_DJJG_20260316_0001.csv");
        assert_eq!(
            results[0].1[0],
            [first, "110108123456788", "第一税务所", "2026-03-16", "办结", ""]
        );
        assert_eq!(results[0].1[1][4], "补正");
        // What is asked for comes in the next round, the rest not again.
        let mut answer = rows.clone();
        answer.rows.remove(0);
        answer.records.remove(0);
        adapter.deliver(&prepared(&*adapter, &answer, 2)).await.unwrap();
        assert_eq!(bureau.tick().unwrap().booked, 1);
        bureau.tick().unwrap();
        let rest = take(&adapter).await;
        assert_eq!(rest[1].1[0][4], "办结");
        assert_eq!(bureau.tick().unwrap(), departments::ltax::Turn::default());
        assert_eq!(booked(&bureau, first), [(1, "submit".to_owned())]);
        assert_eq!(
            booked(&bureau, second),
            [(1, "submit".to_owned()), (2, "supplement".to_owned())]
        );
    }

    pub async fn a_repeat_of_what_was_booked_is_refused(world: World) {
        let dir = tempfile::tempdir().unwrap();
        let (adapter, bureau) = (world.adapter(), bureau(&world, dir.path()));
        let mut rows = rows();
        rows.rows.truncate(1);
        rows.records.truncate(1);
        adapter.deliver(&prepared(&*adapter, &rows, 1)).await.unwrap();
        bureau.tick().unwrap();
        adapter.deliver(&prepared(&*adapter, &rows, 2)).await.unwrap();
        assert_eq!(bureau.tick().unwrap().refused, 1);
        rows.rows[0].cells[5] = Some("张改名".into());
        adapter.deliver(&prepared(&*adapter, &rows, 3)).await.unwrap();
        assert_eq!(bureau.tick().unwrap().refused, 1);
        let answers: Vec<String> = take(&adapter)
            .await
            .into_iter()
            .filter(|(n, _)| n.contains("_RET"))
            .map(|(_, r)| r[0][2].clone())
            .collect();
        assert_eq!(answers, ["0000", "2009", "2011"]);
        assert_eq!(bureau.books().entries().len(), 1);
    }
}
