//! Rows coming in: claims, answers, what is late, what two nodes do at once.

use super::on_all;

on_all!(
    a_row_is_claimed_in_the_name_of_the_node,
    without_a_column_for_the_node_the_state_alone_claims,
    an_answer_stands_in_the_state_and_the_reason,
    a_claim_that_was_taken_over_is_not_settled_by_its_old_holder,
    an_answer_to_an_earlier_claim_does_not_settle_a_later_one,
    a_row_that_is_committed_late_with_an_older_time_is_found,
    two_nodes_never_take_one_row,
    a_correction_comes_as_the_next_version,
    an_old_claim_of_another_node_is_an_alarm,
    an_unknown_state_is_an_alarm_and_a_row_that_is_left_alone,
    numbers_beyond_what_a_float_holds_come_whole,
);

pub mod body {
    use super::super::world::{Wishes, World, answer, ask, first, read};
    use departments::cases::case_no;
    use model::{Code, Finding};
    use port::{Answer, BatchVerdict, Next};
    use std::collections::BTreeSet;

    const CLAIM: [&str; 4] = ["ORGBUSNO", "SIGNSTATE", "HUBNODE", "SBYY"];

    pub async fn a_row_is_claimed_in_the_name_of_the_node(world: World) {
        world.result("E1", 1, "2026-03-16 18:00:00", "0").await;
        let mut offers = world.adapter().collect(&ask(9)).await.unwrap();
        let row = read(&mut offers[0]).unwrap();
        assert_eq!(&row[..3], [case_no(1).as_str(), "2", "0"]);
        assert_eq!(row[4], "海环审字〔2026〕1号");
        assert_eq!(offers[0].declared.number.as_deref(), Some("E1.1"));
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, [["E1", "1", "n1", ""]]);
        let times = world.rows(&["HUBTIME"], "XCHG_IN").await;
        assert!(times[0][0].starts_with("2026-03-16 18:30:"), "{times:?}");
        assert_eq!(world.rows(&["HUBTOKEN"], "XCHG_IN").await[0][0].len(), 16);
    }

    pub async fn without_a_column_for_the_node_the_state_alone_claims(world: World) {
        world.result("E1", 1, "2026-03-16 18:00:00", "0").await;
        let bare = || {
            world.adapter_with(Wishes {
                in_: "",
                ..Wishes::default()
            })
        };
        let offers = bare().collect(&ask(9)).await.unwrap();
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, [["E1", "1", "", ""]]);
        assert_eq!(
            bare().collect(&ask(9)).await.unwrap().len(),
            1,
            "offered again after a restart"
        );
        bare()
            .acknowledge(&offers[0].claim, &answer("2004", "不识别"))
            .await
            .unwrap();
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, [["E1", "3", "", ""]]);
    }

    pub async fn an_answer_stands_in_the_state_and_the_reason(world: World) {
        for n in 1..=4 {
            world.result(&format!("E{n}"), n, "2026-03-16 18:00:00", "0").await;
        }
        let adapter = world.adapter_with(Wishes {
            in_: "node = \"HUBNODE\"\nreason = \"SBYY\"\nreason_max = 12",
            ..Wishes::default()
        });
        let offers = adapter.collect(&ask(9)).await.unwrap();
        let refused = Answer {
            verdict: BatchVerdict::Refused,
            code: "1008".into(),
            findings: vec![Finding::new(Code::EUnknownCase)],
            rows: port::RowAnswers::default(),
            ..answer("", "")
        };
        let answers = [
            answer("0000", ""),
            answer("2004", "缺少代码标准版本，不能判断含义"),
            refused,
            Answer {
                verdict: BatchVerdict::Repeat,
                ..answer("0000", "")
            },
        ];
        for _ in 0..2 {
            for (offer, answer) in offers.iter().zip(&answers) {
                adapter.acknowledge(&offer.claim, answer).await.unwrap();
            }
        }
        let expected = [
            ["E1", "2", "n1", ""],
            ["E2", "3", "n1", "2004 缺少代码标准…"],
            ["E3", "3", "n1", "1008 没有这个办件…"],
            ["E4", "2", "n1", ""],
        ];
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, expected);
    }

    pub async fn a_claim_that_was_taken_over_is_not_settled_by_its_old_holder(world: World) {
        world.result("E1", 1, "2026-03-16 18:00:00", "0").await;
        let theirs = world.adapter_with(Wishes {
            node: "n2",
            ..Wishes::default()
        });
        let old = theirs.collect(&ask(9)).await.unwrap();
        assert!(theirs.holds(&old[0].claim).await.unwrap());
        assert_eq!(world.adapter().take_over().await.unwrap(), ["E1.1"]);
        assert!(!theirs.holds(&old[0].claim).await.unwrap());
        theirs.acknowledge(&old[0].claim, &answer("0000", "")).await.unwrap();
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, [["E1", "1", "n1", ""]]);
        let new = world.adapter().collect(&ask(9)).await.unwrap();
        assert!(world.adapter().holds(&new[0].claim).await.unwrap());
        assert!(
            !world.adapter().holds(&old[0].claim).await.unwrap(),
            "another claim's token"
        );
        world
            .adapter()
            .acknowledge(&new[0].claim, &answer("0000", ""))
            .await
            .unwrap();
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, [["E1", "2", "n1", ""]]);
    }

    pub async fn an_answer_to_an_earlier_claim_does_not_settle_a_later_one(world: World) {
        world.result("E1", 1, "2026-03-16 18:00:00", "0").await;
        let adapter = world.adapter();
        let earlier = adapter.collect(&ask(9)).await.unwrap();
        // The department puts its row back and writes something else into it.
        world
            .hand("UPDATE \"XCHG_IN\" SET \"SIGNSTATE\" = '0', \"CERTIFICATENO\" = 'other'")
            .await;
        let later = adapter.collect(&ask(9)).await.unwrap();
        assert_ne!(later[0].digest, earlier[0].digest);
        adapter
            .acknowledge(&earlier[0].claim, &answer("0000", ""))
            .await
            .unwrap();
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, [["E1", "1", "n1", ""]]);
        adapter.acknowledge(&later[0].claim, &answer("0000", "")).await.unwrap();
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await, [["E1", "2", "n1", ""]]);
    }

    pub async fn a_row_that_is_committed_late_with_an_older_time_is_found(world: World) {
        let adapter = world.adapter();
        world.result("E2", 2, "2026-03-16 18:10:00", "0").await;
        let mut seen = Vec::new();
        for _ in 0..2 {
            for offer in adapter.collect(&ask(9)).await.unwrap() {
                adapter.acknowledge(&offer.claim, &answer("0000", "")).await.unwrap();
                seen.push(offer.name);
            }
            // Begun before the other one, and committed after it was taken.
            if seen.len() == 1 {
                world.result("E1", 1, "2026-03-16 18:00:00", "0").await;
            }
        }
        assert_eq!(seen, ["E2.1", "E1.1"]);
    }

    pub async fn two_nodes_never_take_one_row(world: World) {
        for n in 1..=20 {
            world.result(&format!("E{n:02}"), n, "2026-03-16 18:00:00", "0").await;
        }
        let node = |node| {
            world.adapter_with(Wishes {
                node,
                ..Wishes::default()
            })
        };
        let nodes = [node("n1"), node("n2")];
        let mut taken = [BTreeSet::new(), BTreeSet::new()];
        while taken.iter().map(BTreeSet::len).sum::<usize>() < 20 {
            let (one, two) = (ask(6), ask(6));
            let (one, two) = tokio::join!(nodes[0].collect(&one), nodes[1].collect(&two));
            for (at, offers) in [one, two].into_iter().enumerate() {
                // A lock that the other one holds passes; what was claimed before it is offered at the next look.
                for offer in offers.unwrap_or_default() {
                    assert!(
                        !taken[1 - at].contains(&offer.name),
                        "{} was the other one's",
                        offer.name
                    );
                    nodes[at].acknowledge(&offer.claim, &answer("0000", "")).await.unwrap();
                    assert!(taken[at].insert(offer.name), "offered after it was settled");
                }
            }
        }
        let done = world.rows(&["SIGNSTATE"], "XCHG_IN").await.concat();
        assert!(done.iter().all(|state| state == "2"), "{done:?}");
    }

    pub async fn a_correction_comes_as_the_next_version(world: World) {
        let adapter = world.adapter();
        adapter.deliver(&first(&*adapter, 1, &[1])).await.unwrap();
        for _ in 0..2 {
            world.epb.turn().await.unwrap();
        }
        let held = adapter.collect(&ask(9)).await.unwrap().pop().unwrap();
        assert_eq!(held.name, "E000001.1");
        world.epb.correct(&case_no(1), "海环审字〔2026〕77号").await.unwrap();
        // Answered after the department replaced it: there is nothing to settle any more.
        adapter.acknowledge(&held.claim, &answer("0000", "")).await.unwrap();
        let mut newer = adapter.collect(&ask(9)).await.unwrap().pop().unwrap();
        assert_eq!(newer.name, "E000001.2");
        assert_eq!(read(&mut newer).unwrap()[4], "海环审字〔2026〕77号");
        adapter.acknowledge(&newer.claim, &answer("0000", "")).await.unwrap();
        let states = world.rows(&["DATAVER", "SIGNSTATE"], "XCHG_IN").await;
        assert_eq!(states, [["1", "9"], ["2", "2"]]);
    }

    pub async fn an_old_claim_of_another_node_is_an_alarm(world: World) {
        world.result("E1", 1, "2026-03-16 18:00:00", "0").await;
        let theirs = world.adapter_with(Wishes {
            node: "n2",
            ..Wishes::default()
        });
        assert_eq!(theirs.collect(&ask(9)).await.unwrap().len(), 1);
        let hours = |later: i64, node: &'static str| {
            world.adapter_with(Wishes {
                node,
                later: later * 3_600_000,
                ..Wishes::default()
            })
        };
        hours(1, "n1").probe().await.unwrap();
        let sooner = world.adapter_with(Wishes {
            in_: "node = \"HUBNODE\"\nclaimed = \"HUBTIME\"\nclaim_alarm = \"30m\"",
            later: 3_600_000,
            ..Wishes::default()
        });
        assert_eq!(sooner.probe().await.unwrap_err().finding.code, Code::COldClaim);
        hours(3, "n2").probe().await.unwrap();
        let fault = hours(3, "n1").probe().await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::COldClaim, Next::Person));
        let said = fault.finding.sentence(model::Lang::En);
        assert!(said.contains("E1.1") && said.contains("n2"), "{said}");
    }

    pub async fn an_unknown_state_is_an_alarm_and_a_row_that_is_left_alone(world: World) {
        world.result("E1", 1, "2026-03-16 18:00:00", "77").await;
        world.result("E2", 2, "2026-03-16 18:00:00", "0").await;
        let later = |later| {
            world.adapter_with(Wishes {
                in_: "node = \"HUBNODE\"\ntoken = \"HUBTOKEN\"\nclaim_alarm = \"1h\"",
                later,
                ..Wishes::default()
            })
        };
        assert_eq!(
            later(0).collect(&ask(9)).await.unwrap().len(),
            1,
            "it may still be written"
        );
        let adapter = later(3_600_000);
        let mut offers = adapter.collect(&ask(9)).await.unwrap();
        let names: Vec<&str> = offers.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, ["E2.1", "E1.1"], "it holds nobody up");
        assert_eq!(offers[1].declared.number, None, "its number is not used up");
        assert_eq!(read(&mut offers[1]).unwrap_err(), [Code::EUnmapped]);
        // Not in the ledger yet: again. Once it is, the same is said no more; after a restart it is known there.
        for offer in &offers[..1] {
            adapter.acknowledge(&offer.claim, &answer("0000", "")).await.unwrap();
        }
        let again = adapter.collect(&ask(9)).await.unwrap();
        assert_eq!((again.len(), again[0].digest), (1, offers[1].digest));
        adapter.acknowledge(&again[0].claim, &answer("2004", "")).await.unwrap();
        assert!(adapter.collect(&ask(9)).await.unwrap().is_empty());
        assert_eq!(later(3_600_000).collect(&ask(9)).await.unwrap().len(), 1);
        let fault = adapter.probe().await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::CProtocol, Next::Person));
        assert!(fault.to_string().contains("SIGNSTATE = 77"), "{fault}");
        assert_eq!(world.rows(&CLAIM, "XCHG_IN").await[0], ["E1", "77", "", ""]);
        world
            .hand("UPDATE \"XCHG_IN\" SET \"SIGNSTATE\" = '0' WHERE \"ORGBUSNO\" = 'E1'")
            .await;
        let offers = adapter.collect(&ask(9)).await.unwrap();
        assert_eq!(offers[0].declared.number.as_deref(), Some("E1.1"));
    }

    pub async fn numbers_beyond_what_a_float_holds_come_whole(world: World) {
        // An identifier column that somebody made a number.
        let no = "9007199254740993";
        world
            .hand(
                "CREATE TABLE \"NUMBERED\" (\"NO\" BIGINT PRIMARY KEY, \"PROJID\" DECIMAL(21, 0), \"STDVER\" INTEGER, \
                   \"DONERESULT\" INTEGER, \"EXITRES\" VARCHAR(9), \"CERTIFICATENO\" VARCHAR(30), \
                   \"OCCURTIME\" VARCHAR(30), \"MAKETIME\" VARCHAR(30), \"SIGNSTATE\" INTEGER)",
            )
            .await;
        let case = "110108202603020";
        for no in [no, "9007199254740992"] {
            world
                .hand(&format!(
                    "INSERT INTO \"NUMBERED\" VALUES ({no}, {case}, 2, 0, NULL, NULL, '2026-03-16', '2026-03-16', 0)"
                ))
                .await;
        }
        let text = world.settings_text(&Wishes {
            in_: "",
            ..Wishes::default()
        });
        let text = text
            .replace("XCHG_IN", "NUMBERED")
            .replace("[\"ORGBUSNO\", \"DATAVER\"]", "[\"NO\"]");
        let adapter = world.adapter_from(&text);
        let mut offers = adapter.collect(&ask(9)).await.unwrap();
        let names: Vec<&str> = offers.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, ["9007199254740992", no]);
        assert_eq!(read(&mut offers[1]).unwrap()[0], case);
        adapter
            .acknowledge(&offers[1].claim, &answer("0000", ""))
            .await
            .unwrap();
        let rest = "\"NUMBERED\" WHERE \"SIGNSTATE\" = 2";
        let done = world.store().await.rows(&["NO"], rest, &[]).await.unwrap();
        assert_eq!(done, [[Some(no.to_owned())]]);
    }
}
