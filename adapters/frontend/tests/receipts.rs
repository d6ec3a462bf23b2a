//! What the department is told of each file and row, where, and what of that a crash changes: nothing.

use super::everywhere;
use super::world::*;
use formats::Encoding;
use formats::digest::sm3_hex;
use model::{Code, Finding};
use port::{Adapter, Answer, BatchVerdict, Next, Offer, RowAnswer};
use std::fs;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

everywhere!(
    every_file_is_answered_row_by_row_and_no_receipt_is_replaced,
    a_repeat_is_answered_as_the_first_time,
    an_agreed_directory_that_is_not_there_is_said_and_nothing_moves,
    without_answer_there_is_no_receipt,
);

const RESULT: &str = "LTAX_HUB_DJJG_20260317_0001.csv";
const CASE: &str = "110108202603020000027";

fn result_file(case_no: &str) -> Vec<u8> {
    gbk(&format!(
        "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n\
         \"{case_no}\",\"110108123456788\",\"第一税务所\",\"2026-03-17\",\"办结\",\"\"\r\n"
    ))
}

fn answering(world: &World) -> Arc<dyn Adapter> {
    world.adapter_with(Wishes {
        in_: "answer = true\nreceipts = \"@UP@/receipts\"\nstable = \"50ms\"",
        ..Wishes::default()
    })
}

async fn one(adapter: &Arc<dyn Adapter>) -> Offer {
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.len(), 1);
    offers.remove(0)
}

/// Taken, with one of two rows refused.
fn accepted() -> Answer {
    let row = |line, case_no: &str, code: &str, message: &str| RowAnswer {
        line,
        case_no: case_no.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    };
    Answer {
        rows: vec![row(1, "", "0000", ""), row(2, CASE, "2010", "没有这个办件")].into(),
        ..answer(BatchVerdict::Accepted, vec![])
    }
}

/// The same as the ledger tells it a second time.
fn repeat() -> Answer {
    let before = Finding::new(Code::ERepeated).with("number", RESULT).with("when", "x");
    Answer {
        rows: accepted().rows,
        ..answer(BatchVerdict::Repeat, vec![before])
    }
}

fn receipt(world: &World, name: &str) -> String {
    let bytes = fs::read(world.upload("receipts").join(name)).unwrap();
    Encoding::Gbk.decode(&bytes).unwrap()
}

mod body {
    use super::*;

    pub async fn every_file_is_answered_row_by_row_and_no_receipt_is_replaced(world: World) {
        fs::create_dir(world.upload("receipts")).unwrap();
        let adapter = answering(&world);
        let why = vec![Finding::new(Code::EFileCount).with("declared", 1).with("found", 2)];
        let reused = vec![Finding::new(Code::ENumberReused).with("number", RESULT)];
        let table = [
            (accepted(), "已接收，共2行，返回码不是0000的1行", "0000", ""),
            (
                answer(BatchVerdict::Refused, why),
                "整份拒收，未产生任何效果",
                "1003",
                ".2",
            ),
            (
                answer(BatchVerdict::Quarantined, reused),
                "整份隔离待查，未产生任何效果",
                "1005",
                ".3",
            ),
        ];
        let mut expect = Vec::new();
        for (n, (answer, words, code, number)) in table.iter().enumerate() {
            let data = result_file(&format!("c{n}"));
            world.put(RESULT, &data, 1);
            let offer = one(&adapter).await;
            for _ in 0..2 {
                adapter.acknowledge(&offer.claim, answer).await.unwrap();
            }
            let name = format!("{RESULT}{number}.receipt.csv");
            let text = receipt(&world, &name);
            let whole = format!("\"0\",\"\",\"{code}\",\"{words}；SM3 {}", sm3_hex(&data));
            assert!(text.lines().nth(1).unwrap().starts_with(&whole), "{text}");
            expect.push(name);
        }
        expect.sort();
        assert_eq!(names_in(&world.upload("receipts")), expect);
        let rows = receipt(&world, &format!("{RESULT}.receipt.csv"));
        assert!(
            rows.ends_with(&format!(
                "\"1\",\"\",\"0000\",\"\"\r\n\"2\",\"{CASE}\",\"2010\",\"没有这个办件\"\r\n"
            )),
            "{rows}"
        );
        let ok = |name: &str| format!("{name}.ok");
        let second = format!("{RESULT}.2");
        assert_eq!(names_in(&world.download("done")), [RESULT.to_owned(), ok(RESULT)]);
        assert_eq!(
            names_in(&world.download("error")),
            [RESULT.to_owned(), second.clone(), ok(&second), ok(RESULT)]
        );
    }

    pub async fn a_repeat_is_answered_as_the_first_time(world: World) {
        fs::create_dir(world.upload("receipts")).unwrap();
        let adapter = answering(&world);
        let name = format!("{RESULT}.receipt.csv");
        let mut first = None;
        for (n, answer) in [accepted(), repeat(), repeat()].iter().enumerate() {
            world.put(RESULT, &result_file("c"), 1);
            let offer = one(&adapter).await;
            adapter.acknowledge(&offer.claim, answer).await.unwrap();
            assert_eq!(names_in(&world.upload("receipts")), [name.as_str()], "{n}");
            let text = receipt(&world, &name);
            let said = without_token(&text);
            assert_eq!(*first.get_or_insert_with(|| said.clone()), said);
            if n == 1 {
                // The department has taken it; an answer that is carried out once more leaves none.
                fs::remove_file(world.upload("receipts").join(&name)).unwrap();
                adapter.acknowledge(&offer.claim, answer).await.unwrap();
                assert_eq!(names_in(&world.upload("receipts")).len(), 0);
            }
        }
        assert_eq!(
            names_in(&world.download("done")),
            [RESULT.to_owned(), format!("{RESULT}.ok")]
        );
        assert_eq!(names_in(&world.download("")), ["done"]);
    }

    pub async fn an_agreed_directory_that_is_not_there_is_said_and_nothing_moves(world: World) {
        let adapter = answering(&world);
        world.put(RESULT, &result_file("c"), 1);
        let offer = one(&adapter).await;
        for fault in [
            adapter.probe().await.unwrap_err(),
            adapter.acknowledge(&offer.claim, &accepted()).await.unwrap_err(),
        ] {
            assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Person));
        }
        assert!(held(&world.download(""), RESULT, "n1").exists());
        fs::create_dir(world.upload("receipts")).unwrap();
        adapter.probe().await.unwrap();
        adapter.acknowledge(&offer.claim, &accepted()).await.unwrap();
        assert_eq!(names_in(&world.upload("receipts")).len(), 1);
        assert!(world.download("done").join(RESULT).exists());
    }

    pub async fn without_answer_there_is_no_receipt(world: World) {
        let adapter = world.adapter_with(Wishes {
            in_: "",
            ..Wishes::default()
        });
        world.put(RESULT, &result_file("c"), 1);
        let why = vec![Finding::new(Code::EFileHash)];
        let refused = answer(BatchVerdict::Refused, why);
        adapter.acknowledge(&one(&adapter).await.claim, &refused).await.unwrap();
        assert_eq!(
            names_in(&world.download("error")),
            [RESULT.to_owned(), format!("{RESULT}.ok")]
        );
    }
}

fn life<T>(life: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(life)
}

/// Dies after each step of acknowledging. The ledger has the file by then, so what is offered again is a repeat.
#[test]
fn a_crash_between_receipt_and_move_leaves_one_receipt() {
    let mut whole = None;
    for polls in 1..200 {
        let world = World::directory();
        fs::create_dir(world.upload("receipts")).unwrap();
        world.put(RESULT, &result_file("c"), 1);
        let claim = life(async { one(&answering(&world)).await.claim });
        let ended = life(async {
            let adapter = answering(&world);
            let answer = accepted();
            let mut call = pin!(adapter.acknowledge(&claim, &answer));
            let mut left = polls;
            std::future::poll_fn(|cx| {
                left -= 1;
                match call.as_mut().poll(cx) {
                    Poll::Ready(done) => {
                        done.unwrap();
                        Poll::Ready(true)
                    }
                    Poll::Pending if left == 0 => Poll::Ready(false),
                    Poll::Pending => Poll::Pending,
                }
            })
            .await
        });
        life(async {
            let adapter = answering(&world);
            for offer in adapter.collect(&ask(10)).await.unwrap() {
                adapter.acknowledge(&offer.claim, &repeat()).await.unwrap();
            }
            adapter.acknowledge(&claim, &repeat()).await.unwrap();
        });
        let name = format!("{RESULT}.receipt.csv");
        assert_eq!(
            names_in(&world.upload("receipts")),
            [name.as_str()],
            "cut after {polls}"
        );
        assert_eq!(
            names_in(&world.download("done")),
            [RESULT.to_owned(), format!("{RESULT}.ok")],
            "cut after {polls}"
        );
        assert_eq!(names_in(&world.download("")), ["done"], "cut after {polls}");
        let text = receipt(&world, &name);
        assert_eq!(*whole.get_or_insert_with(|| text.clone()), text, "cut after {polls}");
        if ended {
            assert!(polls > 5, "cut in too few places");
            return;
        }
    }
    panic!("it never ends");
}
