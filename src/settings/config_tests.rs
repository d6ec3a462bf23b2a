//! The working example: every file of `config/` loads, and says nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Lenient, example, today};
use crate::{Embedded, Show, load, load_from, report};
use model::define::{LimitUnit, Meaning};
use model::schedule::Schedule;
use model::{Lang, Mode, Op};

fn loaded() -> crate::Settings {
    let loaded = load_from(&example(), &Lenient, today());
    let show = Show {
        lang: Lang::En,
        colour: false,
    };
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        report(&loaded.diagnostics, &loaded.sources, show)
    );
    loaded.settings.expect("no diagnostics, so there are settings")
}

#[test]
fn the_example_says_nothing() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
    let from_disk = load(
        &dir,
        &Lenient,
        crate::Today {
            offline: true,
            ..today()
        },
    );
    assert!(from_disk.diagnostics.is_empty());
    let ids: Vec<String> = loaded().departments.iter().map(|(d, _)| d.id.to_string()).collect();
    assert_eq!(
        ids,
        [
            "aic", "epb", "hrss", "hub", "ltax", "ntax", "park", "psb", "qts", "stat"
        ]
    );
}

#[test]
fn the_calendar_of_the_next_year_is_missed_sixty_days_before_it_begins() {
    let on = |month, day| {
        let today = crate::Today {
            date: jiff::civil::date(2026, month, day),
            offline: true,
        };
        let said = load_from(&example(), &Lenient, today).diagnostics;
        let is_it = |d: &&crate::Diagnostic| d.code().word() == "W_CALENDAR_MISSING";
        said.iter()
            .filter(is_it)
            .map(crate::Diagnostic::location)
            .collect::<Vec<_>>()
    };
    assert!(on(11, 1).is_empty());
    for day in [2, 30] {
        assert_eq!(on(11, day), ["calendar/2027.toml"]);
    }
}

#[test]
fn the_dictionary_has_51_shared_items_in_their_order() {
    let settings = loaded();
    let shared: Vec<_> = settings.dictionary.iter().filter(|d| d.shared).collect();
    assert_eq!(shared.len(), 51);
    assert_eq!(
        shared.iter().map(|d| d.no.0).collect::<Vec<_>>(),
        (1..=51).collect::<Vec<_>>()
    );
    let order: Vec<&str> = shared.iter().map(|d| &*d.id).collect();
    assert_eq!(
        &order[..4],
        ["ent_name", "name_approval_no", "ent_name_valid_to", "ent_type"]
    );
    assert_eq!(&order[48..], ["case_no", "apply_date", "ent_class"]);
    assert!(settings.dictionary.iter().filter(|d| !d.shared).all(|d| d.no.0 > 100));
    for personal in ["rep", "fin", "agent", "inv"] {
        for what in ["name", "id_no"] {
            let id = format!("{personal}_{what}");
            assert!(
                settings.dictionary.find(&id).unwrap().mask.is_some(),
                "{id} is personal"
            );
        }
    }
}

#[test]
fn calendars_are_lists_with_their_source() {
    let settings = loaded();
    let years: Vec<_> = settings.calendar.iter().map(|c| (c.year, c.days.len())).collect();
    assert_eq!(years, [(2025, 33), (2026, 39)]);
    let makeup = jiff::civil::date(2026, 5, 9);
    assert!(
        settings.calendar[1].days.contains(&(makeup, false)),
        "a Saturday of work"
    );
    assert!(
        settings
            .calendar
            .iter()
            .all(|c| c.source.contains("https://www.gov.cn/"))
    );
}

#[test]
fn departments_come_out_as_they_stand() {
    let settings = loaded();
    let (ltax, channels) = settings
        .departments
        .iter()
        .find(|(d, _)| d.id.as_str() == "ltax")
        .unwrap();
    assert_eq!(channels.len(), 2);
    assert_eq!(
        ltax.ladder.iter().map(|c| c.mode).collect::<Vec<_>>(),
        [Mode::Frontend, Mode::Manual]
    );
    assert_eq!(ltax.ladder[0].ops, [Op::Submit, Op::Supplement]);
    assert_eq!(ltax.ladder[1].ops, Op::ALL);
    assert_eq!(
        ltax.ladder[0].out,
        Schedule::Cron {
            fields: "30 18 * * *".into(),
            workdays_only: true
        }
    );
    assert_eq!(ltax.ladder[0].in_, Schedule::Every(600_000));
    assert_eq!(ltax.ladder[0].unconfirmed_after, Some(3 * 86_400_000));
    let matter = &ltax.matters[0];
    assert_eq!((matter.limit, matter.limit_unit), (5, LimitUnit::WorkingDay));
    assert_eq!(matter.after[0].as_str(), "park.hitech");
    let capital = ltax.layouts[0]
        .fields
        .iter()
        .find(|f| f.name == "注册资本(元)")
        .unwrap();
    assert_eq!(capital.out, ["wan_to_yuan", "group_commas"]);
    assert_eq!(
        capital.meaning,
        Meaning::Item(settings.dictionary.find("reg_capital").unwrap().no)
    );
    assert_eq!(settings.node.offset_minutes, 480);
    assert_eq!(settings.node.batch_bytes, 64 << 20);
    assert_eq!(settings.ent_class, ["0", "0", "0123", "0123", "01234567", "01"]);
}

#[test]
fn what_is_kept_and_for_how_long() {
    let settings = loaded();
    let node = &settings.node;
    assert_eq!(
        (node.keep_data, &node.keep_archive, node.keep_evidence),
        (None, &None, None)
    );
    // A directory that is there, and one that is not.
    let dir = tempfile::tempdir().unwrap();
    let with = |archive: &std::path::Path| {
        let mut files = Reached(example());
        let text = String::from_utf8(files.0.get("tanghulu.toml").unwrap().to_vec()).unwrap();
        let keep = format!(
            "{text}\n[keep]\ndata = \"1095 days\"\nevidence = \"180 days\"\narchive = \"{}\"\n",
            archive.display()
        );
        files.0.put("tanghulu.toml", keep);
        load_from(&files, &Lenient, today())
    };
    let node = with(dir.path()).settings.expect("nothing is wrong").node;
    let archive = Some(dir.path().to_owned());
    assert_eq!(
        (node.keep_data, node.keep_archive, node.keep_evidence),
        (Some(1_095), archive, Some(180))
    );
    let gone = dir.path().join("gone");
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    for place in [gone, file] {
        let said = with(&place).diagnostics;
        let said: Vec<_> = said.iter().map(|d| (d.code().word(), d.line)).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].0, "C_PLACE");
    }
}

/// A tree in memory on a machine that has directories.
struct Reached(Embedded);

impl crate::Files for Reached {
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        self.0.read(path)
    }
    fn list(&self, folder: &str) -> std::io::Result<Vec<String>> {
        self.0.list(folder)
    }
    fn mode(&self, _: &std::path::Path) -> Option<u32> {
        None
    }
    fn writable(&self, dir: &std::path::Path) -> std::io::Result<()> {
        crate::OnDisk::new("/").writable(dir)
    }
}

#[test]
fn an_empty_tree_is_two_missing_files() {
    let loaded = load_from(&Embedded::default(), &Lenient, today());
    let said: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|d| (d.code().word(), d.location()))
        .collect();
    let expected = [
        ("W_CALENDAR_MISSING", "calendar/2026.toml"),
        ("S_FILE", "dictionary.toml"),
        ("S_FILE", "tanghulu.toml"),
    ];
    assert_eq!(said, expected.map(|(code, file)| (code, file.to_owned())));
}
