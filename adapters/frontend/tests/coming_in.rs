//! Files coming in, and what becomes of them.

use super::everywhere;
use super::world::*;
use model::{Code, Finding};
use port::{Adapter, BatchVerdict, Offer};
use std::sync::Arc;

everywhere!(
    files_are_offered_in_order_and_moved_when_the_ledger_has_them,
    a_claim_is_ours_until_it_is_answered,
    nothing_is_taken_before_it_is_complete,
    a_wrong_marker_refuses_the_file_and_says_why,
    the_same_name_again_is_kept_apart,
    what_is_no_plain_file_is_left_alone,
    too_large_a_file_is_refused_unread,
    many_files_leave_no_handle_open,
    an_old_claim_of_another_node_is_an_alarm,
    claims_of_a_node_that_is_gone_are_taken_over,
    a_file_that_a_person_brings_is_taken_by_its_name,
);

const RESULT: &str = "LTAX_HUB_DJJG_20260317_0001.csv";
const RET: &str = "HUB_LTAX_SWDJ_20260316_0001_RET.csv";

fn result_file(case_no: &str) -> Vec<u8> {
    gbk(&format!(
        "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n\
         \"{case_no}\",\"110108123456788\",\"第一税务所\",\"2026-03-17\",\"办结\",\"两行\n说明\"\r\n"
    ))
}

fn ret_file() -> Vec<u8> {
    gbk("\"序号\",\"业务编号\",\"返回码\",\"返回信息\"\r\n\"1\",\"110108202603020000019\",\"0000\",\"成功\"\r\n")
}

async fn one(adapter: &Arc<dyn Adapter>) -> Offer {
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.len(), 1);
    offers.remove(0)
}

mod body {
    use super::*;

    pub async fn files_are_offered_in_order_and_moved_when_the_ledger_has_them(world: World) {
        let adapter = world.adapter();
        let names = [
            "LTAX_HUB_DJJG_20260317_10000.csv",
            "LTAX_HUB_DJJG_20260317_9999.csv",
            "LTAX_HUB_DJJG_20260316_0002.csv",
            RESULT,
        ];
        for (n, name) in names.iter().enumerate() {
            world.put(name, &result_file(&format!("case-{n}")), 1);
        }
        world.put(RET, &ret_file(), 1);
        world.put("SOMETHING_ELSE.csv", b"x", 1);
        let mut offers = adapter.collect(&ask(4)).await.unwrap();
        let order: Vec<_> = offers.iter().map(|o| (o.feed.as_str(), o.name.as_str())).collect();
        assert_eq!(
            order,
            [
                ("receipts", RET),
                ("results", names[2]),
                ("results", RESULT),
                ("results", names[1])
            ]
        );
        assert_eq!(
            offers[0].declared.answers.as_deref(),
            Some("HUB_LTAX_SWDJ_20260316_0001")
        );
        assert_eq!(
            offers[0].declared.number.as_deref(),
            Some("HUB_LTAX_SWDJ_20260316_0001_RET")
        );
        assert_eq!(
            (offers[2].declared.answers.clone(), offers[2].declared.rows),
            (None, Some(1))
        );
        assert_eq!(offers[0].bytes, ret_file().len() as u64);
        assert_eq!(
            read(&mut offers[0]).unwrap(),
            [["1", "110108202603020000019", "0000", "成功"]]
        );
        assert_eq!(
            read(&mut offers[2]).unwrap(),
            [[
                "case-3",
                "110108123456788",
                "第一税务所",
                "2026-03-17",
                "办结",
                "两行\n说明"
            ]]
        );
        for _ in 0..2 {
            for offer in &offers {
                adapter
                    .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
                    .await
                    .unwrap();
            }
        }
        let (ten, something) = ("LTAX_HUB_DJJG_20260317_10000.csv", "SOMETHING_ELSE.csv");
        let left = [
            ten.to_owned(),
            format!("{ten}.ok"),
            something.to_owned(),
            format!("{something}.ok"),
            "done".to_owned(),
        ];
        assert_eq!(names_in(&world.download("")), left);
        assert_eq!(
            names_in(&world.download("done")).len(),
            12,
            "each with marker and receipt"
        );
        assert_eq!(std::fs::read(world.download("done").join(RET)).unwrap(), ret_file());
        assert_eq!(one(&adapter).await.name, ten);
    }

    pub async fn a_claim_is_ours_until_it_is_answered(world: World) {
        world.put(RESULT, &result_file("c"), 1);
        let first = one(&world.adapter()).await;
        let download = world.download("");
        let claimed = names_in(&download);
        assert_eq!(
            names_and_holders(&download),
            [format!("{RESULT}.claimed-n1"), format!("{RESULT}.ok.claimed-n1")]
        );
        let token = |full: &str| crate::names::claim_of(full).unwrap().token.to_owned();
        assert_eq!(token(&claimed[0]), token(&claimed[1]), "one claim");
        assert_eq!(token(&claimed[0]).len(), 16);
        // Another node sees nothing; a restart sees the same batch, also if we died between the two renames.
        let other = world.adapter_with(Wishes {
            node: "n2",
            ..Wishes::default()
        });
        assert_eq!(other.collect(&ask(10)).await.unwrap().len(), 0);
        std::fs::rename(world.download(&claimed[1]), world.download(&format!("{RESULT}.ok"))).unwrap();
        for _ in 0..2 {
            let mut again = one(&world.adapter()).await;
            assert_eq!(
                (again.digest, &again.claim, again.declared.clone()),
                (first.digest, &first.claim, first.declared.clone())
            );
            assert_eq!(read(&mut again).unwrap().len(), 1);
            assert_eq!(names_in(&world.download("")), claimed);
        }
        // Died between the two moves of the acknowledgement.
        std::fs::create_dir(world.download("done")).unwrap();
        std::fs::rename(world.download(&claimed[0]), world.download("done").join(RESULT)).unwrap();
        world
            .adapter()
            .acknowledge(&first.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
        assert_eq!(names_in(&world.download("")), ["done"]);
        assert_eq!(names_in(&world.download("done")), [RESULT, &format!("{RESULT}.ok")]);
    }

    pub async fn nothing_is_taken_before_it_is_complete(world: World) {
        let adapter = world.adapter_with(Wishes {
            in_: "stable = \"400ms\"",
            ..Wishes::default()
        });
        let data = result_file("c");
        // Marker without data.
        world.put(RESULT, &data, 1);
        std::fs::remove_file(world.download(RESULT)).unwrap();
        assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
        // Data without marker.
        std::fs::rename(world.download(&format!("{RESULT}.ok")), world.download("kept")).unwrap();
        std::fs::write(world.download(RESULT), &data).unwrap();
        assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
        // Marker there, data still growing under our eyes.
        std::fs::rename(world.download("kept"), world.download(&format!("{RESULT}.ok"))).unwrap();
        std::fs::write(world.download(RESULT), &data[..20]).unwrap();
        let growing = async {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            std::fs::write(world.download(RESULT), &data).unwrap();
        };
        let wanted = ask(10);
        let (offers, ()) = tokio::join!(adapter.collect(&wanted), growing);
        for offer in &mut offers.unwrap() {
            // Looked at only after the growing: then it is whole.
            assert_eq!(read(offer).unwrap().len(), 1);
        }
        assert_eq!(read(&mut one(&adapter).await).unwrap().len(), 1);
    }

    pub async fn a_wrong_marker_refuses_the_file_and_says_why(world: World) {
        let adapter = world.adapter();
        let data = result_file("c");
        let mut other = data.clone();
        other.swap(60, 61);
        let marker = world.download(&format!("{RESULT}.ok"));
        let refused = [
            (Code::EFileCount, data.clone(), 2),
            (Code::EFileHash, other, 1),
            (Code::ETruncated, data[..50].to_vec(), 1),
            (Code::EFileHash, [&data[..], b"x"].concat(), 1),
        ];
        for (n, (code, left, rows)) in refused.into_iter().enumerate() {
            world.put(RESULT, &data, rows);
            std::fs::write(world.download(RESULT), &left).unwrap();
            let mut offer = one(&adapter).await;
            assert_eq!(offer.bytes, left.len() as u64);
            assert_eq!(read(&mut offer).unwrap_err(), code);
            assert_eq!(offer.rows.next().unwrap_err().code, code, "it stays refused");
            let why = vec![Finding::new(code).with("declared", 1).with("found", 2)];
            for _ in 0..2 {
                adapter
                    .acknowledge(&offer.claim, &answer(BatchVerdict::Refused, why.clone()))
                    .await
                    .unwrap();
            }
            let name = if n == 0 {
                RESULT.to_owned()
            } else {
                format!("{RESULT}.{}", n + 1)
            };
            assert_eq!(std::fs::read(world.download("error").join(&name)).unwrap(), left);
            let receipt = std::fs::read(world.download("error").join(format!("{name}.receipt.csv"))).unwrap();
            let receipt = formats::Encoding::Gbk.decode(&receipt).unwrap();
            let whole = format!("\r\n\"0\",\"\",\"{}\",\"整份拒收", code.return_code());
            assert!(receipt.contains(&whole) && receipt.contains(code.word()), "{receipt}");
            assert_eq!(names_in(&world.download("")), ["error"]);
        }
        // A marker that is none.
        world.put(RESULT, &data, 1);
        std::fs::write(&marker, "OK").unwrap();
        assert_eq!(read(&mut one(&adapter).await).unwrap_err(), Code::EStructure);
    }

    pub async fn the_same_name_again_is_kept_apart(world: World) {
        let adapter = world.adapter();
        let accepted = answer(BatchVerdict::Accepted, vec![]);
        for (content, expect) in [("a", 3), ("a", 3), ("b", 6), ("c", 9)] {
            world.put(RESULT, &result_file(content), 1);
            let offer = one(&adapter).await;
            adapter.acknowledge(&offer.claim, &accepted).await.unwrap();
            assert_eq!(names_in(&world.download("")), ["done"]);
            assert_eq!(names_in(&world.download("done")).len(), expect);
        }
        assert_eq!(
            std::fs::read(world.download("done").join(RESULT)).unwrap(),
            result_file("a")
        );
        assert_eq!(
            std::fs::read(world.download("done").join(format!("{RESULT}.3"))).unwrap(),
            result_file("c")
        );
        // While one is being worked on, the next of that name waits.
        world.put(RESULT, &result_file("d"), 1);
        let first = one(&adapter).await;
        world.put(RESULT, &result_file("e"), 1);
        let same = one(&adapter).await;
        assert_eq!(same.digest, first.digest);
        adapter.acknowledge(&first.claim, &accepted).await.unwrap();
        let next = one(&adapter).await;
        assert_ne!(next.digest, first.digest);
    }

    pub async fn what_is_no_plain_file_is_left_alone(world: World) {
        let adapter = world.adapter();
        world.put("LTAX_HUB_DJJG_1.csv", &result_file("secret"), 1);
        std::fs::rename(world.download("LTAX_HUB_DJJG_1.csv"), world.root().join("outside.csv")).unwrap();
        std::os::unix::fs::symlink(world.root().join("outside.csv"), world.download("LTAX_HUB_DJJG_1.csv")).unwrap();
        std::fs::create_dir(world.download("LTAX_HUB_DJJG_2.csv")).unwrap();
        std::fs::write(world.download("LTAX_HUB_DJJG_2.csv.ok"), "").unwrap();
        for name in [
            "LTAX_HUB_DJJG_a\nb.csv",
            "LTAX_HUB_DJJG_3.csv.filepart",
            ".LTAX_HUB_DJJG_4.csv",
            "LTAX_HUB_DJJG_\\.csv",
        ] {
            world.put(name, &result_file("c"), 1);
        }
        let long = format!("LTAX_HUB_DJJG_{}.csv", "9".repeat(120));
        world.put(&long, &result_file("c"), 1);
        let before = names_in(&world.download(""));
        assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
        assert_eq!(names_in(&world.download("")), before);
        world.put(RESULT, &result_file("c"), 1);
        assert_eq!(one(&adapter).await.name, RESULT);
    }

    pub async fn too_large_a_file_is_refused_unread(world: World) {
        let adapter = world.adapter_with(Wishes {
            max_batch_bytes: 100,
            ..Wishes::default()
        });
        world.put(RESULT, &result_file("c"), 1);
        let mut offer = one(&adapter).await;
        let again = one(&adapter).await;
        assert_eq!(
            (offer.digest, offer.bytes),
            (again.digest, result_file("c").len() as u64)
        );
        assert_eq!(read(&mut offer).unwrap_err(), Code::ETooLarge);
        let why = vec![Finding::new(Code::ETooLarge).with("found", 1).with("limit", 100)];
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Refused, why))
            .await
            .unwrap();
        let moved = [
            RESULT.to_owned(),
            format!("{RESULT}.ok"),
            format!("{RESULT}.receipt.csv"),
        ];
        assert_eq!(names_in(&world.download("error")), moved);
    }

    pub async fn many_files_leave_no_handle_open(world: World) {
        let adapter = world.adapter();
        for n in 1..=140 {
            world.put(
                &format!("LTAX_HUB_DJJG_20260317_{n:04}.csv"),
                &result_file(&format!("case-{n}")),
                1,
            );
        }
        let mut offers = adapter.collect(&ask(200)).await.unwrap();
        assert_eq!(offers.len(), 140);
        for (n, offer) in offers.iter_mut().enumerate() {
            assert_eq!(read(offer).unwrap()[0][0], format!("case-{}", n + 1));
            adapter
                .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
                .await
                .unwrap();
        }
        assert_eq!(names_in(&world.download("done")).len(), 420);
        assert_eq!(names_in(&world.download("")), ["done"]);
    }

    pub async fn a_file_that_a_person_brings_is_taken_by_its_name(world: World) {
        let adapter = world.adapter();
        let stick = tempfile::tempdir().unwrap();
        let brought = |name: &str| {
            let file = stick.path().join(name);
            std::fs::write(&file, ret_file()).unwrap();
            port::Ask {
                place: Some(file),
                ..ask(1)
            }
        };
        let mut offer = adapter.collect(&brought(RET)).await.unwrap().remove(0);
        assert_eq!(offer.feed, "receipts");
        assert_eq!(offer.declared.answers.as_deref(), Some("HUB_LTAX_SWDJ_20260316_0001"));
        assert_eq!(read(&mut offer).unwrap().len(), 1);
        // There is no source to answer, and nothing at the place is touched.
        world.put(RET, &ret_file(), 1);
        for _ in 0..2 {
            adapter
                .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
                .await
                .unwrap();
        }
        assert_eq!(names_in(&world.download("")).len(), 2);
        let fault = adapter.collect(&brought("other.csv")).await.err().unwrap();
        assert_eq!(fault.finding.code, Code::EFileName);
    }

    pub async fn claims_of_a_node_that_is_gone_are_taken_over(world: World) {
        world.put(RESULT, &result_file("c"), 1);
        let theirs = one(&world.adapter()).await;
        let ours = world.adapter_with(Wishes {
            node: "n2",
            ..Wishes::default()
        });
        assert_eq!(ours.collect(&ask(10)).await.unwrap().len(), 0);
        assert_eq!(
            ours.take_over().await.unwrap(),
            [RESULT.to_owned(), format!("{RESULT}.ok")]
        );
        assert_eq!(one(&ours).await.digest, theirs.digest);
        assert_eq!(ours.take_over().await.unwrap(), Vec::<String>::new());
        assert_eq!(world.adapter().collect(&ask(10)).await.unwrap().len(), 0);
    }

    pub async fn an_old_claim_of_another_node_is_an_alarm(world: World) {
        let adapter = world.adapter();
        let path = world.download(&format!("{RESULT}.claimed-n9"));
        std::fs::write(&path, "x").unwrap();
        let at = |ms: i64| std::time::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(ms).unwrap());
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(at(NOW - 3_600_000)).unwrap();
        adapter.probe().await.unwrap();
        file.set_modified(at(NOW - 3 * 3_600_000)).unwrap();
        let fault = adapter.probe().await.unwrap_err();
        assert_eq!(fault.finding.code, Code::COldClaim);
        let args: Vec<_> = fault.finding.args.iter().map(|(_, v)| v.as_str()).collect();
        assert_eq!(args, [RESULT, "n9", "3h"]);
        assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
    }
}

/// Only a server that passes names through as bytes can have such a name.
#[tokio::test]
async fn a_name_in_gbk_is_counted_and_stops_nothing() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::openssh().await;
    let adapter = world.adapter();
    let name = gbk("LTAX_HUB_DJJG_地税.csv");
    let name = std::ffi::OsStr::from_bytes(&name);
    std::fs::write(world.download("").join(name), result_file("c")).unwrap();
    world.put(RESULT, &result_file("c"), 1);
    assert_eq!(one(&adapter).await.name, RESULT);
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!(fault.finding.code, Code::CPlace);
    assert!(fault.finding.what(model::Lang::En).contains("UTF-8"));
    assert!(world.download("").join(name).exists());
}

#[tokio::test]
async fn a_name_in_chinese_utf8_is_a_name_like_others() {
    let world = World::openssh().await;
    world.put("LTAX_HUB_DJJG_地税_1.csv", &result_file("c"), 1);
    let adapter = world.adapter();
    let mut offer = one(&adapter).await;
    assert_eq!(read(&mut offer).unwrap().len(), 1);
    adapter
        .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
        .await
        .unwrap();
    assert!(world.download("done").join("LTAX_HUB_DJJG_地税_1.csv").exists());
}
