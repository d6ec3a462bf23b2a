//! Rows going out: versions, receipts by state, and what the table does not take.

use super::on_all;

on_all!(
    a_row_is_inserted_as_the_table_is_written,
    a_later_row_about_the_same_is_the_next_version,
    a_row_that_is_there_is_not_inserted_again,
    another_row_under_the_same_key_is_a_conflict,
    a_row_that_is_gone_for_long_may_have_been_booked,
    a_state_comes_back_as_a_receipt_once,
    a_refusal_is_told_by_its_receipt_where_there_is_one,
    every_state_is_found_however_few_rows_are_read_at_once,
    a_table_full_of_old_rows_hides_no_new_state,
    an_unknown_state_goes_to_a_person_and_is_never_done,
    a_row_that_was_never_there_can_be_taken_back,
    what_was_replaced_cannot_be_settled_by_looking,
);

pub mod body {
    use super::super::world::{Wishes, World, ask, first, outgoing, prepared, read};
    use departments::cases::case_no;
    use model::{Code, Op};
    use port::{Ask, Next, Outcome, Prepared, Recalled, Said};

    const STATES: [&str; 4] = ["ORGBUSNO", "PROJID", "DATAVER", "SIGNSTATE"];

    pub async fn a_row_is_inserted_as_the_table_is_written(world: World) {
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[1]);
        assert_eq!(batch.encoded.number, "N1-EPB-20260316-0001");
        assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Pending]);
        let columns = [
            "ORGBUSNO",
            "DATAVER",
            "STDVER",
            "BLOCK",
            "OP",
            "SQDWMC",
            "HYDM",
            "MAKETIME",
            "SIGNSTATE",
            "SBYY",
        ];
        let expected = [
            "N1-EPB-20260316-0001",
            "1",
            "2",
            "epb.eia",
            "I",
            "北京测试1号生物制剂有限公司",
            "2760",
            "2026-03-16 18:30:00",
            "0",
            "",
        ];
        assert_eq!(world.rows(&columns, "XCHG_OUT").await, [expected]);
    }

    pub async fn a_later_row_about_the_same_is_the_next_version(world: World) {
        let adapter = world.adapter();
        adapter.deliver(&first(&*adapter, 1, &[1])).await.unwrap();
        adapter.deliver(&first(&*adapter, 2, &[2])).await.unwrap();
        world.epb.turn().await.unwrap();
        let change = outgoing(&[1], ("U", Op::Amend));
        for again in [false, true] {
            let batch = Prepared {
                again,
                ..prepared(&*adapter, &change, 3)
            };
            assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Pending]);
        }
        let (one, two) = (case_no(1), case_no(2));
        let expected = [
            ["N1-EPB-20260316-0001", &one, "1", "9"],
            ["N1-EPB-20260316-0002", &two, "1", "2"],
            ["N1-EPB-20260316-0003", &one, "2", "0"],
        ];
        assert_eq!(world.rows(&STATES, "XCHG_OUT").await, expected);
        world.epb.turn().await.unwrap();
        let ops: Vec<String> = world
            .epb
            .books()
            .of(&one, "epb.eia")
            .into_iter()
            .map(|e| e.op)
            .collect();
        assert_eq!(ops, ["submit", "amend"]);
    }

    pub async fn a_row_that_is_there_is_not_inserted_again(world: World) {
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[1, 2]);
        // It died after the insert and before the answer: nobody told the ledger.
        adapter.deliver(&batch).await.unwrap();
        let again = Prepared { again: true, ..batch };
        assert_eq!(
            world.adapter().deliver(&again).await.unwrap(),
            [Outcome::Pending, Outcome::Pending]
        );
        assert_eq!(world.rows(&STATES, "XCHG_OUT").await.len(), 2);
    }

    pub async fn another_row_under_the_same_key_is_a_conflict(world: World) {
        let adapter = world.adapter();
        adapter.deliver(&first(&*adapter, 1, &[1])).await.unwrap();
        let fault = adapter.deliver(&first(&*adapter, 1, &[2])).await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::CConflict, Next::Person));
        assert_eq!(world.rows(&STATES, "XCHG_OUT").await.len(), 1);
    }

    pub async fn a_row_that_is_gone_for_long_may_have_been_booked(world: World) {
        let later = |days: i64| {
            world.adapter_with(Wishes {
                later: days * 86_400_000,
                ..Wishes::default()
            })
        };
        let again = Prepared {
            again: true,
            ..first(&*world.adapter(), 1, &[1])
        };
        assert_eq!(later(31).deliver(&again).await.unwrap(), [Outcome::Unknown]);
        assert_eq!(later(31).query(&again).await.unwrap(), [Said::CannotSay]);
        assert_eq!(later(31).recall(&again).await.unwrap(), Recalled::Impossible);
        assert!(world.rows(&STATES, "XCHG_OUT").await.is_empty());
        assert_eq!(later(29).deliver(&again).await.unwrap(), [Outcome::Pending]);
    }

    pub async fn a_state_comes_back_as_a_receipt_once(world: World) {
        let adapter = world.adapter();
        adapter.deliver(&first(&*adapter, 1, &[1])).await.unwrap();
        adapter
            .deliver(&first(&*adapter, 2, &[testkit::behaviour::REFUSED]))
            .await
            .unwrap();
        assert!(adapter.collect(&ask(9)).await.unwrap().is_empty(), "nobody has decided");
        world.epb.turn().await.unwrap();
        let mut offers = adapter.collect(&ask(9)).await.unwrap();
        let declared: Vec<_> = offers.iter().map(|o| o.declared.answers.clone().unwrap()).collect();
        assert_eq!(declared, ["N1-EPB-20260316-0001", "N1-EPB-20260316-0002"]);
        assert_eq!(read(&mut offers[0]).unwrap(), [case_no(1).as_str(), "0000", ""]);
        let refused = case_no(testkit::behaviour::REFUSED);
        assert_eq!(
            read(&mut offers[1]).unwrap(),
            [refused.as_str(), "9999", "不符合受理条件（3001）"]
        );
        // Rows of others are nobody's receipts.
        world
            .hand("UPDATE \"XCHG_OUT\" SET \"ORGBUSNO\" = 'X9-0007' WHERE \"ORGBUSNO\" = 'N1-EPB-20260316-0002'")
            .await;
        let half = Ask {
            position: offers[0].position.clone(),
            ..ask(9)
        };
        assert!(
            adapter
                .collect(&half)
                .await
                .unwrap()
                .iter()
                .all(|o| o.feed != "receipts")
        );
    }

    pub async fn a_refusal_is_told_by_its_receipt_where_there_is_one(world: World) {
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[testkit::behaviour::REFUSED]);
        adapter.deliver(&batch).await.unwrap();
        world.epb.turn().await.unwrap();
        assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay]);
        let without = world.adapter_with(Wishes {
            receipts: false,
            ..Wishes::default()
        });
        assert_eq!(without.query(&batch).await.unwrap(), [Said::NotBooked]);
    }

    pub async fn a_table_full_of_old_rows_hides_no_new_state(world: World) {
        let adapter = world.adapter_with(Wishes {
            out: "rows_max = 1",
            ..Wishes::default()
        });
        // Last year's, which the department never deleted, and another node's: more of them than are looked at in one go.
        for n in 1..=40 {
            for no in [format!("N1-EPB-20250101-{n:04}"), format!("A1-{n:04}")] {
                let row = "INSERT INTO \"XCHG_OUT\" (\"ORGBUSNO\", \"PROJID\", \"DATAVER\", \"BLOCK\", \"OP\", \"SQDWMC\", \
                           \"XMDZ\", \"MAKETIME\", \"SIGNSTATE\")";
                let made = "2025-01-01 00:00:00";
                world
                    .hand(&format!(
                        "{row} VALUES ('{no}', 'old', {n}, 'b', 'I', 'n', 'a', '{made}', '2')"
                    ))
                    .await;
            }
        }
        adapter.deliver(&first(&*adapter, 1, &[1])).await.unwrap();
        world.epb.turn().await.unwrap();
        let offers = adapter.collect(&ask(9)).await.unwrap();
        let answered: Vec<_> = offers.iter().filter_map(|o| o.declared.answers.as_deref()).collect();
        assert_eq!(answered, ["N1-EPB-20260316-0001"]);
    }

    pub async fn every_state_is_found_however_few_rows_are_read_at_once(world: World) {
        let adapter = world.adapter_with(Wishes {
            out: "rows_max = 2",
            ..Wishes::default()
        });
        for seq in 1..=5 {
            adapter.deliver(&first(&*adapter, seq, &[seq])).await.unwrap();
        }
        world.epb.turn().await.unwrap();
        let (mut seen, mut look) = (Vec::new(), ask(3));
        loop {
            let offers = adapter.collect(&look).await.unwrap();
            let Some(last) = offers.last() else { break };
            look.position = last.position.clone();
            seen.extend(offers.into_iter().map(|o| o.name));
        }
        let expected: Vec<String> = (1..=5).map(|seq| format!("N1-EPB-20260316-000{seq}")).collect();
        assert_eq!(seen, expected);
        assert_eq!(look.position.unwrap().0, "20260316:1-5");
    }

    pub async fn an_unknown_state_goes_to_a_person_and_is_never_done(world: World) {
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[1]);
        adapter.deliver(&batch).await.unwrap();
        world.hand("UPDATE \"XCHG_OUT\" SET \"SIGNSTATE\" = '77'").await;
        let mut offers = adapter.collect(&ask(9)).await.unwrap();
        assert_eq!(offers.len(), 1);
        assert_eq!(read(&mut offers[0]), Err(vec![Code::EUnmapped]));
        assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay]);
        assert_eq!(adapter.recall(&batch).await.unwrap(), Recalled::Taken);
        // Shown to a person once, and again only when it has changed.
        let after = Ask {
            position: offers[0].position.clone(),
            ..ask(9)
        };
        assert!(adapter.collect(&after).await.unwrap().is_empty());
        world.hand("UPDATE \"XCHG_OUT\" SET \"SIGNSTATE\" = '2'").await;
        let mut offers = adapter.collect(&after).await.unwrap();
        assert_eq!(read(&mut offers[0]).unwrap()[1], "0000");
        let after = Ask {
            position: offers[0].position.clone(),
            ..ask(9)
        };
        assert!(adapter.collect(&after).await.unwrap().is_empty());
    }

    pub async fn a_row_that_was_never_there_can_be_taken_back(world: World) {
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[1]);
        assert_eq!(adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
        let late = Prepared { again: true, ..batch };
        assert!(
            adapter.deliver(&late).await.is_err(),
            "a late insert finds the void row"
        );
        world.epb.turn().await.unwrap();
        assert!(world.epb.books().entries().is_empty());
    }

    pub async fn what_was_replaced_cannot_be_settled_by_looking(world: World) {
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[1]);
        adapter.deliver(&batch).await.unwrap();
        world.epb.turn().await.unwrap();
        assert_eq!(adapter.query(&batch).await.unwrap(), [Said::Booked(None)]);
        let change = prepared(&*adapter, &outgoing(&[1], ("U", Op::Amend)), 2);
        adapter.deliver(&change).await.unwrap();
        assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay]);
        assert_eq!(adapter.recall(&batch).await.unwrap(), Recalled::Impossible);
        assert_eq!(adapter.recall(&change).await.unwrap(), Recalled::Recalled);
    }
}
