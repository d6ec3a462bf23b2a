//! Workbooks on media: the form that leaves, the forms that come back, and what may have happened to them in between.

use crate::testing::*;
use departments::hrss::{Habits, Hrss, REFUSED};
use departments::{Fates, Ruling};
use formats::RowReader as _;
use formats::sheet::{SheetColumn, SheetReadOptions, SheetReader};
use model::{Code, Finding};
use port::{BatchVerdict, Offer, Taken};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

struct Table(BTreeMap<&'static str, Ruling>);

impl Fates for Table {
    fn ruling(&self, _matter: &str, case_no: &str) -> Ruling {
        self.0.get(case_no).cloned().unwrap_or(Ruling::Approve)
    }
}

const ANSWER: &str = "HRSS_HUB_RET_20260302_01.xlsx";

/// A bench, and the office on the other side of the medium that has taken the first batch of all cases.
struct World {
    bench: Bench,
    hrss: Hrss,
    _home: tempfile::TempDir,
}

impl World {
    async fn new(habits: Habits, rulings: &[(&'static str, Ruling)], more: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let fates = Arc::new(Table(rulings.iter().cloned().collect()));
        let hrss = Hrss::open(home.path(), fates).unwrap();
        let hrss = hrss.trusting(&crate::public_key(SEED).unwrap());
        hrss.set_habits(habits);
        let bench = forms::bench(more);
        let batch = bench.prepared_of(forms::outgoing(&CASES), 1);
        bench.adapter.deliver(&batch).await.unwrap();
        let taking = hrss.take(&bench.medium()).unwrap().remove(0);
        assert_eq!((taking.number.as_str(), taking.refused), ("HUB_HRSS_20260302_01", None));
        Self {
            bench,
            hrss,
            _home: home,
        }
    }

    async fn offer(&self) -> Offer {
        let mut offers = self.bench.offers(&self.bench.medium()).await;
        assert_eq!(offers.len(), 1);
        offers.remove(0)
    }
}

/// Case, number given, day and result of every row that can be read.
fn rows(offer: &mut Offer) -> Vec<[String; 4]> {
    let header = offer.rows.header().clone();
    let slot = |name: &str| header.slot(name).or_else(|| header.slot("社会保险登记号")).unwrap();
    let slots = ["业务编号", "社保登记号", "登记日期", "处理结果"].map(slot);
    let text = |taken: Taken| match taken {
        Taken::Row(row) => slots.map(|slot| row.get(slot).unwrap().to_owned()),
        Taken::Bad { findings, .. } => panic!("{findings:?}"),
    };
    drain(&mut offer.rows).unwrap().into_iter().map(text).collect()
}

fn code_of(offer: &mut Offer) -> Code {
    let finding: Finding = drain(&mut offer.rows).unwrap_err();
    assert!(offer.rows.next().unwrap().is_none(), "an end after a refusal");
    finding.code
}

fn fixture(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(path)).unwrap()
}

fn booked(case: &str) -> [String; 4] {
    [case, &format!("110108{}", &case[14..20]), "2026-03-02", "成功"].map(str::to_owned)
}

#[tokio::test]
async fn a_form_leaves_in_a_signed_set_and_never_changes() {
    let bench = forms::bench("control_sum = \"注册资本\"");
    let encoded = bench
        .adapter
        .encode(&forms::outgoing(&CASES[..2]), &numbers(1))
        .unwrap();
    assert_eq!(encoded.number, "HUB_HRSS_20260302_01");
    let part = |name: &str| &encoded.parts.iter().find(|p| p.name == name).unwrap().bytes;
    let info = String::from_utf8(part("bag-info.txt").clone()).unwrap();
    assert!(info.contains("Rows: 2\nControl-Sum: 注册资本 150.50\n"), "{info}");
    let form = part("data/HUB_HRSS_20260302_01.xlsx");
    let columns = vec![SheetColumn {
        name: "业务编号".into(),
        required: true,
        ..SheetColumn::default()
    }];
    let reader = SheetReader::open(
        form,
        SheetReadOptions {
            columns,
            ..SheetReadOptions::default()
        },
    )
    .unwrap();
    assert_eq!(reader.mark(), Some("HUB_HRSS_20260302_01"));
    let seen = reader.seen().unwrap();
    assert_eq!(
        seen.titles,
        ["海淀区社会保险登记导盘表", "批次号：HUB_HRSS_20260302_01"]
    );
    assert_eq!(
        seen.names.join(" "),
        "序号 业务编号 单位名称 组织机构代码 法定代表人 法人身份证号 注册资本"
    );
    assert_eq!(seen.rows[1].1[1..3], [CASES[1], "北京测试二号科技有限公司"]);
    let mut later = numbers(1);
    later.at = 1_900_000_000_000;
    let again = forms::bench("control_sum = \"注册资本\"")
        .adapter
        .encode(&forms::outgoing(&CASES[..2]), &later);
    assert_eq!(again.unwrap(), encoded);
    // A day has 99 names.
    let misfits = bench
        .adapter
        .encode(&forms::outgoing(&CASES), &numbers(100))
        .unwrap_err()
        .misfits();
    assert_eq!((misfits[0].record, misfits[0].findings[0].code), (3, Code::EFileName));
    assert!(bench.adapter.encode(&forms::outgoing(&CASES), &numbers(99)).is_ok());
}

#[tokio::test]
async fn rows_that_do_not_fit_a_form_are_named() {
    let bench = forms::bench("control_sum = \"注册资本\"");
    for (slot, value, code) in [
        (2, "公\u{2}司", Code::ECharset),
        (6, "1.005", Code::ERange),
        (6, "x", Code::ERange),
    ] {
        let mut rows = forms::outgoing(&CASES);
        rows.rows[1].cells[slot] = Some(value.into());
        let misfits = bench.adapter.encode(&rows, &numbers(1)).unwrap_err().misfits();
        assert!(
            misfits.iter().any(|m| m.record == 1 && m.findings[0].code == code),
            "{value:?}"
        );
    }
    // GBK lacks these; a form does not.
    let mut rows = forms::outgoing(&CASES);
    rows.rows[1].cells[4] = Some("张㛃".into());
    assert!(bench.adapter.encode(&rows, &numbers(1)).is_ok());
}

#[tokio::test]
async fn every_row_comes_back_with_its_ruling_however_the_clerk_keeps_the_form() {
    let rulings = [
        (CASES[0], Ruling::SupplementFirst),
        (CASES[1], Ruling::RefuseRow("2003".into())),
    ];
    let plain = Habits::default;
    let told = |code: Code, times: usize| vec![code; times];
    for (habits, warnings) in [
        (plain(), told(Code::WNumCell, 0)),
        (
            Habits {
                reordered: true,
                renamed: true,
                ..plain()
            },
            told(Code::WNumCell, 0),
        ),
        (
            Habits {
                hidden_sheet: true,
                ..plain()
            },
            told(Code::WHidden, 1),
        ),
        (
            Habits {
                number_as_number: true,
                ..plain()
            },
            told(Code::WNumCell, 1),
        ),
        (
            Habits {
                bag: true,
                reordered: true,
                ..plain()
            },
            told(Code::WNumCell, 0),
        ),
    ] {
        let shown = format!("{habits:?}");
        let world = World::new(habits, &rulings, "").await;
        let mut offer = world.offer().await;
        assert_eq!(offer.declared.answers.as_deref(), Some("HUB_HRSS_20260302_01"));
        assert_eq!(offer.declared.number, None, "its name is ours");
        let result = |case: &str, result: &str| [case, "", "", result].map(str::to_owned);
        let expected = [
            result(CASES[0], "补正：请补充职工名册"),
            result(CASES[1], REFUSED),
            booked(CASES[2]),
        ];
        assert_eq!(rows(&mut offer), expected, "{shown}");
        let codes: Vec<Code> = offer.rows.warnings().iter().map(|w| w.code).collect();
        assert_eq!(codes, warnings, "{shown}");
        assert_eq!(world.hrss.books().entries().len(), 2);
    }
}

#[tokio::test]
async fn the_answer_to_a_supplement_goes_with_the_next_disk() {
    let world = World::new(Habits::default(), &[(CASES[0], Ruling::SupplementFirst)], "").await;
    let medium = world.bench.medium();
    fs::remove_dir_all(&medium).unwrap();
    fs::create_dir(&medium).unwrap();
    let next = world.bench.prepared_of(forms::outgoing(&[CASES[0], CASES[2]]), 2);
    world.bench.adapter.deliver(&next).await.unwrap();
    world.hrss.take(&medium).unwrap();
    let results: Vec<String> = rows(&mut world.offer().await)
        .into_iter()
        .map(|row| row[3].clone())
        .collect();
    assert_eq!(results, ["成功", "失败：重复报送"]);
    let rounds = world.hrss.books().of(CASES[0], "hrss.reg");
    let rounds: Vec<_> = rounds.into_iter().map(|e| (e.round, e.op)).collect();
    assert_eq!(rounds, [(1, "submit".to_owned()), (2, "supplement".to_owned())]);
}

#[tokio::test]
async fn rows_missing_too_much_and_twice_are_passed_on_as_they_are() {
    let habits = Habits {
        missing_row: true,
        extra_row: true,
        duplicate_row: true,
        ..Habits::default()
    };
    let world = World::new(habits, &[], "").await;
    let cases: Vec<String> = rows(&mut world.offer().await)
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(cases, ["110199202603020000992", CASES[0], CASES[1], CASES[0]]);
}

/// F14. The row with the number that lost its end is refused by name, the others stand, and the office gets its own form
/// back with the reason beside the row.
#[tokio::test]
async fn an_identifier_that_lost_digits_is_refused_and_its_owner_told() {
    let world = World::new(
        Habits {
            lost_precision: true,
            reordered: true,
            ..Habits::default()
        },
        &[],
        "",
    )
    .await;
    let mut offer = world.offer().await;
    let taken = drain(&mut offer.rows).unwrap();
    let Taken::Bad { line, findings } = &taken[0] else {
        panic!("{taken:?}")
    };
    assert_eq!(
        (*line, findings[0].code, findings[0].place.column.as_deref()),
        (1, Code::EPrecision, Some("法人身份证号"))
    );
    assert_eq!(findings[0].place.file.as_deref(), Some(ANSWER));
    assert!(taken[1..].iter().all(|t| matches!(t, Taken::Row(_))) && taken.len() == 3);

    let verdict = answer(
        BatchVerdict::Accepted,
        &[(CASES[0], "2008"), (CASES[1], "0000"), (CASES[2], "0000")],
    );
    let form = world.bench.medium().join(format!("{ANSWER}.receipt.xlsx"));
    world.bench.adapter.acknowledge(&offer.claim, &verdict).await.unwrap();
    let first = fs::read(&form).unwrap();
    let columns = ["返回码", "原因", "业务编号"].map(|name| SheetColumn {
        name: name.into(),
        required: true,
        ..SheetColumn::default()
    });
    let options = SheetReadOptions {
        columns: columns.into(),
        ..SheetReadOptions::default()
    };
    let reader = SheetReader::open(&first, options).unwrap();
    assert_eq!(reader.mark(), Some("HRSS20260302-01"));
    assert_eq!(reader.header().names().len(), 9);
    let seen = reader.seen().unwrap();
    assert_eq!(
        seen.names.join(" "),
        "处理结果 登记日期 社会保险登记号 法人身份证号 单位名称 业务编号 序号 返回码 原因"
    );
    assert_eq!(seen.titles.len(), 3, "its own titles, without our footer");
    let ends: Vec<String> = seen
        .rows
        .iter()
        .map(|(_, cells)| [&cells[5], &cells[7], &cells[8]].map(String::as_str).join("|"))
        .collect();
    let good = |case: &str| format!("{case}|0000|");
    assert_eq!(
        ends,
        [
            format!("{}|2008|“组织机构代码”校验位不符", CASES[0]),
            good(CASES[1]),
            good(CASES[2])
        ]
    );
    // The number is given back as it came: it is theirs to put right.
    assert_eq!(seen.rows[0].1[3], "110199197602140080");

    world.bench.adapter.acknowledge(&offer.claim, &verdict).await.unwrap();
    assert_eq!(fs::read(&form).unwrap(), first, "however often it is said");
    assert!(
        world
            .bench
            .offers(&world.bench.medium())
            .await
            .iter()
            .all(|o| o.name == ANSWER),
        "no receipt is an answer"
    );
}

#[tokio::test]
async fn a_form_goes_back_only_where_a_row_was_refused_and_only_for_the_same_form() {
    let all_good = answer(
        BatchVerdict::Accepted,
        &[(CASES[0], "0000"), (CASES[1], "0000"), (CASES[2], "0000")],
    );
    let refused = answer(BatchVerdict::Accepted, &[(CASES[0], "2003")]);
    for (bag, verdict, changed, expected) in [
        (false, &all_good, false, false),
        (false, &answer(BatchVerdict::Refused, &[]), false, false),
        (false, &refused, true, false),
        (false, &refused, false, true),
        (true, &refused, false, true),
    ] {
        let world = World::new(
            Habits {
                bag,
                ..Habits::default()
            },
            &[],
            "",
        )
        .await;
        let offer = world.offer().await;
        if changed {
            fs::write(world.bench.medium().join(ANSWER), fixture("files/hrss/plain.xlsx")).unwrap();
        }
        world.bench.adapter.acknowledge(&offer.claim, verdict).await.unwrap();
        let there = |ending: &str| {
            world
                .bench
                .medium()
                .join(format!("{}.receipt.{ending}", offer.name))
                .exists()
        };
        assert_eq!(
            (there("txt"), there("xlsx")),
            (true, expected),
            "{bag} {changed} {:?}",
            verdict.verdict
        );
    }
}

#[tokio::test]
async fn the_same_disk_again_gives_the_same_answer() {
    let world = World::new(Habits::default(), &[], "").await;
    let first = world.offer().await;
    let path = world.bench.medium().join(ANSWER);
    fs::remove_file(&path).unwrap();
    world.hrss.take(&world.bench.medium()).unwrap();
    assert_eq!(world.offer().await.digest, first.digest);
    assert_eq!(world.hrss.books().entries().len(), 3);
    // Lost on the way, and carried on another medium.
    let second = world.bench.dir.path().join("second");
    fs::create_dir(&second).unwrap();
    let mut copy = world.bench.prepared_of(forms::outgoing(&CASES), 1);
    (copy.place, copy.copy, copy.again) = (Some(second.clone()), 2, true);
    world.bench.adapter.deliver(&copy).await.unwrap();
    assert_eq!(world.hrss.take(&second).unwrap()[0].refused, None);
    assert_eq!(world.bench.offers(&second).await.remove(0).digest, first.digest);
    assert_eq!(world.hrss.books().entries().len(), 3);
}

/// Whatever program saved it, under whatever of its endings.
#[tokio::test]
async fn other_makes_of_workbook_are_read_by_what_they_are() {
    for (name, file) in [
        ("HRSS_HUB_RET_20260318_01.xlsx", "files/hrss/epoch_1904.xlsx"),
        ("HRSS_HUB_RET_20260318_01.xls", "files/hrss/plain.xls"),
        ("HRSS_HUB_RET_20260318_01.XLS", "files/hrss/epoch_1904.xls"),
        ("hrss_hub_ret_20260318_01.xlsx", "files/hrss/libreoffice.xls"),
        ("HRSS_HUB_RET_20260318_01.ods", "files/hrss/libreoffice.ods"),
        ("HRSS_HUB_RET_20260318_01.xlsx", "files/hrss/reordered.xlsx"),
        ("HRSS_HUB_RET_20260318_01.xlsx", "files/hrss/hidden.xlsx"),
    ] {
        let bench = forms::bench("");
        bench.put(name, &fixture(file));
        let mut offers = bench.offers(&bench.medium()).await;
        assert_eq!(
            offers[0].declared.answers.as_deref(),
            Some("HUB_HRSS_20260318_01"),
            "{file}"
        );
        let found = rows(&mut offers[0]);
        assert_eq!(found[0], [CASES[0], "110108000123", "2026-03-18", "成功"], "{file}");
        assert_eq!(found[1], [CASES[1], "", "", "失败：身份证号有误"], "{file}");
    }
}

#[tokio::test]
async fn what_is_no_sound_form_is_refused_by_name() {
    for (name, file, code) in [
        // The line above the table names another batch than the file does.
        (
            "HRSS_HUB_RET_20260318_02.xlsx",
            "files/hrss/plain.xlsx",
            Code::EStructure,
        ),
        ("HRSS_HUB_RET_20260319_01.xls", "files/hrss/plain.xls", Code::EStructure),
        ("HRSS_HUB_RET_20260318_01.xlsx", "bad/xlsx/csv.xlsx", Code::EKind),
        ("HRSS_HUB_RET_20260318_01.xls", "bad/xlsx/page.xls", Code::EKind),
        ("HRSS_HUB_RET_20260318_01.xlsx", "disk/HP0302A1.DBF", Code::EKind),
        (
            "HRSS_HUB_RET_20260318_01.xlsx",
            "bad/xlsx/encrypted.xlsx",
            Code::EEncrypted,
        ),
        ("HRSS_HUB_RET_20260318_01.xlsx", "bad/xlsx/macros.xlsm", Code::EMacro),
        (
            "HRSS_HUB_RET_20260318_01.xlsx",
            "bad/xlsx/two_sheets.xlsx",
            Code::EStructure,
        ),
        ("HRSS_HUB_RET_20260318_01.xlsx", "bad/xlsx/bomb.xlsx", Code::ETooLarge),
        (
            "HRSS_HUB_RET_20260318_01.xlsx",
            "bad/xlsx/header_missing.xlsx",
            Code::EHeader,
        ),
    ] {
        let bench = forms::bench("");
        bench.put(name, &fixture(file));
        let mut offers = bench.offers(&bench.medium()).await;
        assert_eq!(code_of(&mut offers[0]), code, "{file}");
    }
    let bench = forms::bench("");
    for name in [
        "HRSS_HUB_RET_20260318_01",
        "副本HRSS_HUB_RET_20260318_01.xlsx",
        "~$HRSS_HUB_RET_20260318_01.xlsx",
    ] {
        bench.put(name, &fixture("files/hrss/plain.xlsx"));
    }
    assert!(
        bench.offers(&bench.medium()).await.is_empty(),
        "nothing there is called like an answer"
    );
}

/// Whatever a file does to the worker that parses it, at whatever moment: the file is refused, and the next one is read.
#[tokio::test]
async fn a_worker_that_dies_costs_its_file_and_nothing_else() {
    let name = "HRSS_HUB_RET_20260318_01.xlsx";
    let good = fixture("files/hrss/plain.xlsx");
    for death in [
        "kill -SEGV $$",
        "exit 101",
        "head -c 30 said; kill -KILL $$",
        "head -c 400 said; exit 0",
        "head -c 400 said; printf '\\377\\377'",
    ] {
        let script = format!("cat > got\ncmp -s got poison && {{ {death}; exit 1; }}\ncat said\n");
        let bench = forms::bench_with_worker(&script);
        fs::write(bench.dir.path().join("poison"), fixture("bad/xlsx/dimensions.xls")).unwrap();
        let word = formats::sheet::apart::word(
            formats::sheet::apart::Wanted::Rows,
            &crate::workbook::options(&forms::return_layout(), 16 << 20),
        );
        let mut said = Vec::new();
        formats::sheet::apart::serve(&word.unwrap(), std::io::Cursor::new(good.clone()), &mut said).unwrap();
        assert!(said.len() > 500);
        fs::write(bench.dir.path().join("said"), said).unwrap();

        bench.put(name, &fixture("bad/xlsx/dimensions.xls"));
        let mut offers = bench.offers(&bench.medium()).await;
        assert_eq!(code_of(&mut offers[0]), Code::EBrokenOff, "{death}");
        bench.put(name, &good);
        let mut offers = bench.offers(&bench.medium()).await;
        assert_eq!(rows(&mut offers[0]).len(), 2, "{death}");
    }
}

#[test]
fn settings_of_forms_that_cannot_work_are_named() {
    let judge = |more: &str, change: &dyn Fn(&mut model::define::Layout)| {
        let (mut going, coming) = (forms::submit_layout(), forms::return_layout());
        change(&mut going);
        let settings: crate::Settings = toml::from_str(&format!(
            "plain = \"x\"\nsigning_key = {{ file = \"k\" }}\nformat = \"xlsx\"\n{more}"
        ))
        .unwrap();
        settings
            .judge(&channel(), &[going, coming])
            .iter()
            .map(|f| f.code)
            .collect::<Vec<_>>()
    };
    let title = "title = \"表\"\n";
    assert_eq!(judge(title, &|_| ()), []);
    for wrong in [
        "",
        "title = \" \"",
        "title = \"一二三四五六七八九十一二三四五六七八九十一\"",
        "title = \"表\"\nout_prefix = \"a\"",
        "title = \"表\"\nout_prefix = \"A-B\"",
        "title = \"表\"\nreturn_prefix = \"HUB_X_\"",
        "title = \"表\"\ncontrol_sum = \"单位名称\"",
    ] {
        assert_eq!(judge(wrong, &|_| ()), [Code::SChannelSetting], "{wrong}");
    }
    for kind in ["C80", "N16.2", "D", "id0", "idx", "number.", "number.13", "Text"] {
        let odd = |layout: &mut model::define::Layout| layout.fields[1].kind = Some(kind.into());
        assert_eq!(judge(title, &odd), [Code::SChannelSetting], "{kind}");
    }
    let gbk = |layout: &mut model::define::Layout| layout.encoding = "gbk".into();
    assert_eq!(judge(title, &gbk), [Code::SChannelSetting]);
    let table: crate::Settings =
        toml::from_str("plain = \"x\"\nsigning_key = { file = \"k\" }\ntitle = \"x\"").unwrap();
    let found = table.judge(&channel(), &[submit_layout(), return_layout()]);
    assert_eq!(found.len(), 1, "a table has no title");
}

/// What is shipped for this mode is what it reads.
#[test]
fn the_settings_that_are_shipped_are_read() {
    for (dept, format, out) in [("ntax", "Dbf", "SW"), ("hrss", "Xlsx", "HUB_HRSS_")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../config/departments/{dept}.toml"));
        let file: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        let channels = file["channel"].as_array().unwrap();
        let channel = channels.iter().find(|c| c["mode"].as_str() == Some("disk")).unwrap();
        let settings: crate::Settings = channel["settings"].clone().try_into().unwrap();
        assert_eq!(format!("{:?}", settings.format), format);
        assert_eq!(settings.names(&dept.into()).out, out);
    }
}
