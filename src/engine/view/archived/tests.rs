//! Personal values are masked, a column of theirs is not shown at all, and another case's row is not this one's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::key;
use ledger::event::Person;
use ledger::keying::Keyed;
use model::item::Mask;
use model::{BatchId, Incoming, ItemDef, ItemKind, TaskId};

fn dictionary() -> Dictionary {
    let item = |no, id: &str, mask| ItemDef {
        no: ItemNo(no),
        id: id.into(),
        zh: "项".into(),
        en: "item".into(),
        kind: ItemKind::Text,
        max_len: 100,
        repeating: false,
        mask,
        check: None,
        codes: None,
        open_end: false,
        shared: true,
    };
    Dictionary::new([item(1, "ent_name", None), item(2, "rep_name", Some(Mask::Name))])
}

fn told(event: &Event, n: u64, reveal: bool) -> Option<Vec<String>> {
    let at = (Pos { group: 3, ordinal: 1 }, 7);
    let row = archived(&dictionary(), &key(n).case_no, at, event, reveal)?;
    assert_eq!((row.pos.as_str(), row.at), ("3/1", 7));
    Some(
        row.items
            .into_iter()
            .map(|i| format!("{}={}", i.item, i.value))
            .collect(),
    )
}

#[test]
fn each_kind_of_data_is_told_masked_and_revealed() {
    let text = |t: &str| Value::Text(t.into());
    let row = Event::Row {
        batch: BatchId(2),
        line: 1,
        incoming: Some(Box::new(Incoming {
            case_no: Some(key(1).case_no),
            items: [(ItemNo(1), text("甲公司")), (ItemNo(2), text("张测试"))]
                .into_iter()
                .collect(),
            ..Incoming::default()
        })),
        findings: Vec::new(),
    };
    let parked = Event::RowParked {
        batch: BatchId(2),
        line: 2,
        case_no: Some(key(1).case_no),
        codes: Vec::new(),
        cells: vec![("法人".into(), Some("张测试".into()))],
    };
    let due = Event::DeliveryDue {
        key: key(1),
        n: 1,
        at: 0,
        person: Some(Person {
            name: "李四".to_owned(),
            uid: 1,
        }),
        substitute: BTreeMap::from([(ItemNo(2), "张测".to_owned())]),
        reason: "r".to_owned(),
    };
    let keyed = Event::FormKeyed(Keyed {
        task: TaskId(3),
        case_no: key(1).case_no,
        person: Person {
            name: "李四".to_owned(),
            uid: 1,
        },
        fields: BTreeMap::from([("法人".to_owned(), "张测试".to_owned())]),
        again: Vec::new(),
        later: None,
        drawn: false,
    });
    for (event, masked, revealed) in [
        (
            &row,
            vec!["ent_name=甲公司", "rep_name=张**"],
            vec!["ent_name=甲公司", "rep_name=张测试"],
        ),
        (&parked, vec!["法人=****"], vec!["法人=张测试"]),
        (&due, vec!["rep_name=张*"], vec!["rep_name=张测"]),
        (&keyed, vec!["法人=****"], vec!["法人=张测试"]),
    ] {
        let of = |reveal| told(event, 1, reveal).unwrap();
        assert_eq!(of(false), masked);
        assert_eq!(of(true), revealed);
        assert_eq!(told(event, 2, true), None, "it is another's");
    }
}
