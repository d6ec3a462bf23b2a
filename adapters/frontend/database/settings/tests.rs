#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::database::tests::world::{channel, layouts};
use crate::{Settings, settings::judge};
use model::define::Meaning;

const GOOD: &str = r#"
transport = "database"
[database]
engine = "mysql"
host = "10.1.2.3"
name = "front"
user = "hub"
password = { credential = "epb-password" }
[database.out]
table = "front.XCHG_OUT"
number = "N1-EPB-{date}-{seq4}"
key = "ORGBUSNO"
version = "DATAVER"
same = ["PROJID", "BLOCK"]
state = "SIGNSTATE"
made = "MAKETIME"
states = { new = "0", claimed = "1", done = "2", failed = "3", void = "9" }
feed = "receipts"
[database.in]
table = "XCHG_IN"
feed = "results"
key = ["ORGBUSNO", "DATAVER"]
state = "SIGNSTATE"
made = "MAKETIME"
states = { new = "-1", claimed = "1", done = "2", failed = "3", void = "9" }
reason = "SBYY"
node = "HUBNODE"
token = "HUBTOKEN"
claimed = "HUBTIME"
"#;

fn wrong(from: &str, to: &str) -> Vec<String> {
    let text = GOOD.replace(from, to);
    assert!(from.is_empty() || text != GOOD, "{from}");
    let settings: Settings = toml::from_str(&text).unwrap_or_else(|e| panic!("{to}: {e}"));
    judge(&settings, &channel(true), &layouts())
        .iter()
        .map(|f| f.args[0].1.clone())
        .collect()
}

#[test]
fn what_types_cannot_say_is_judged() {
    let nothing: Vec<String> = Vec::new();
    assert_eq!(wrong("", ""), nothing);
    let server =
        "host = \"10.1.2.3\"\nname = \"front\"\nuser = \"hub\"\npassword = { credential = \"epb-password\" }\n";
    assert_eq!(
        wrong(&format!("\"mysql\"\n{server}"), "\"sqlite\"\npath = \"front.db\"\n"),
        nothing
    );
    let table: &[(&str, &str, &[&str])] = &[
        ("\"mysql\"", "\"mysql\"\npath = \"x.db\"", &["database.path"]),
        ("host = \"10.1.2.3\"\n", "", &["database.host"]),
        ("user = \"hub\"\n", "", &["database.user"]),
        (
            "password = { credential = \"epb-password\" }\n",
            "",
            &["database.password"],
        ),
        (
            "\"mysql\"",
            "\"sqlite\"\nport = 1",
            &[
                "database.path",
                "database.host",
                "database.name",
                "database.user",
                "database.password",
                "database.port",
            ],
        ),
        ("user =", "tls = \"require\"\nca = \"ca.pem\"\nuser =", &["database.ca"]),
        ("user =", "tls = \"verify-full\"\nca = \"ca.pem\"\nuser =", &[]),
        ("user =", "ca = \"ca.pem\"\nuser =", &[]),
        ("10.1.2.3", "127.0.0.1\"\nca = \"ca.pem", &["database.ca"]),
        (
            &format!("\"mysql\"\n{server}"),
            "\"sqlite\"\npath = \"front.db\"\ntls = \"disable\"\nca = \"ca.pem\"\n",
            &["database.tls", "database.ca"],
        ),
        ("user =", "timeout = \"3s\"\nuser =", &["database.timeout"]),
        ("user =", "timeout = \"0s\"\nuser =", &["database.timeout"]),
        (
            "user =",
            "connect_timeout = \"0s\"\nuser =",
            &["database.connect_timeout"],
        ),
        ("front.XCHG_OUT", "front.XCHG OUT", &["database.out.table"]),
        ("front.XCHG_OUT", "a.b.c", &["database.out.table"]),
        ("\"XCHG_IN\"", "\"XCHG_IN; --\"", &["database.in.table"]),
        ("key = \"ORGBUSNO\"", "key = \"ORG\\\"NO\"", &["database.out"]),
        ("key = \"ORGBUSNO\"", "key = \"DATAVER\"", &["database.out"]),
        ("key = \"ORGBUSNO\"", "key = \"主键\"", &["database.out"]),
        ("key = \"ORGBUSNO\"", "key = \"1KEY\"", &["database.out"]),
        ("key = \"ORGBUSNO\"", "key = \"HYDM\"", &["layout submit"]),
        ("{date}-{seq4}", "{date}", &["database.out.number"]),
        ("[\"PROJID\", \"BLOCK\"]", "[]", &["database.out.same"]),
        (
            "[\"PROJID\", \"BLOCK\"]",
            "[\"PROJID\", \"BLOCKS\"]",
            &["layout submit"],
        ),
        ("new = \"0\"", "new = \"1\"", &["database.out.states"]),
        ("new = \"0\"", "new = \"\"", &["database.out.states"]),
        ("new = \"-1\"", "new = \"新\"", &["database.in.states"]),
        (
            "feed = \"receipts\"",
            "feed = \"results\"",
            &["database.out.feed", "database receipts"],
        ),
        ("feed = \"receipts\"\n", "", &["database receipts"]),
        (
            "feed = \"receipts\"",
            "feed = \"receipts\"\nrows_max = 0",
            &["database.out.rows_max"],
        ),
        (
            "feed = \"results\"",
            "feed = \"result\"",
            &["database.in.feed", "database results"],
        ),
        ("key = [\"ORGBUSNO\", \"DATAVER\"]", "key = []", &["database.in.key"]),
        (
            "reason = \"SBYY\"",
            "reason = \"SBYY\"\nreason_max = 0",
            &["database.in.reason_max"],
        ),
        ("reason = \"SBYY\"", "reason = \"MAKETIME\"", &["database.in"]),
        (
            "node = \"HUBNODE\"\n",
            "",
            &["database.in.token", "database.in.claimed"],
        ),
        (
            "transport = \"database\"",
            "transport = \"database\"\nformat = \"csv\"",
            &["format"],
        ),
        ("\"database\"", "\"sftp\"", &["database", "format", "sftp", "out", "in"]),
    ];
    for (from, to, expect) in table {
        assert_eq!(wrong(from, to), *expect, "{from} -> {to}");
    }
}

#[test]
fn an_unknown_key_is_an_error() {
    for (from, to) in [
        ("user =", "users ="),
        ("\"mysql\"", "\"oracle\""),
        ("version =", "versions ="),
        ("reason =", "reasons ="),
        ("void = \"9\" }", "void = \"9\", gone = \"8\" }"),
        (", void = \"9\" }", " }"),
    ] {
        assert!(toml::from_str::<Settings>(&GOOD.replacen(from, to, 1)).is_err(), "{to}");
    }
}

#[test]
fn a_row_is_a_batch_of_its_own_and_its_state_the_return_code() {
    let settings: Settings = toml::from_str(GOOD).unwrap();
    let said = |channel, layouts: &[model::define::Layout]| -> Vec<String> {
        judge(&settings, &channel, layouts)
            .iter()
            .map(|f| f.args[0].1.clone())
            .collect()
    };
    let mut several = channel(true);
    several.max_rows = 500;
    assert_eq!(said(several, &layouts()), ["max_rows"]);
    let mut other = layouts();
    other[1].fields[1].meaning = Meaning::Ignored;
    other[1].fields[2].meaning = Meaning::ReturnCode;
    assert_eq!(said(channel(true), &other), ["database.out.feed"]);
    let mut named = layouts();
    named[2].fields[0].name = "办件编号".to_owned();
    assert_eq!(said(channel(true), &named), ["layout result"]);
}

#[test]
fn the_shipped_example_fits_the_living_bureau() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/departments/epb.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let settings = file["channel"][0]["settings"].clone();
    let settings: Settings = settings.try_into().unwrap();
    assert_eq!(judge(&settings, &channel(true), &layouts()), []);
}
