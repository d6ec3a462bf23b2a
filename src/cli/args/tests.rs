#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use clap::CommandFactory as _;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(["tanghulu"].into_iter().chain(line.split_whitespace()))
}

#[test]
fn the_definition_holds() {
    Cli::command().debug_assert();
}

#[test]
fn every_verb_of_the_contract_parses() {
    for line in [
        "demo",
        "demo --once --cases 5 --auto-clerk --dir d",
        "demo --sabotage lose",
        "run",
        "check",
        "check --offline",
        "preview park f.csv",
        "preview park f.csv --all --out o",
        "collect park",
        "collect park f.csv",
        "deliver park",
        "disk export ntax --to d",
        "disk export ntax --to d --again 7",
        "disk import d",
        "disk import d --dept ntax",
        "disk import f --dept ntax --answers SW0302A1",
        "disk log",
        "disk log --overdue",
        "disk log SW0302A1 b7 --taken-by 李四 --back-by 2026-03-09 --note 内网机房",
        "disk log SW0302A1 --copy 2 --returned",
        "disk log SW0302A1 --wiped",
        "disk log SW0302A1 --lost --note 出租车上",
        "disk slip SW0302A1 --to f.html",
        "disk remind --to f.html",
        "disk remind ntax --to f.html",
        "disk cancel SW0302A1 --reason x",
        "disk cancel SW0302A1 --from d --reason x",
        "channel take-over park --reason r",
        "channel trust ltax --fingerprint SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "channel trust ltax --channel f --fingerprint SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU --by n",
        "case 1",
        "case 1 --reveal r",
        "why 1",
        "queue list",
        "queue list --dept park",
        "queue show t1",
        "queue claim t1",
        "queue complete t1",
        "queue complete t1 --acceptance 7",
        "queue complete t1 --field a=1 --field b=2 --again a=1",
        "queue refuse t1 --reason r",
        "queue not-keyed t1 --reason r",
        "refused list",
        "refused list --dept park",
        "refused show a1",
        "refused retry a1 b7:3 --reason r",
        "refused retry --dept park --code 3004 --reason r",
        "refused edit a1 --set x=1 --set y= --reason r",
        "refused drop a1 a2 --reason r",
        "codes unmapped",
        "codes map ent_type 180 159 --reason r",
        "reviews list",
        "reviews list --dept ltax --all",
        "reviews show r3",
        "reviews ask 1 reg_capital --dept ltax --reason r",
        "reviews ask 1 reg_capital rep_name --dept ltax --reason r",
        "reviews confirm r3 --reason r",
        "unsettled list",
        "settle 1 a.b booked --reason r",
        "settle 1 a.b not-booked --reason r --manifest m",
        "settle - a.b booked --reason r --manifest m",
        "receipts",
        "receipts --overdue",
        "flow",
        "flow --class 000001 --svg f",
        "ledger erase 1 --reason r",
        "case 1 --archive f",
        "case 1 --archive f --reveal r",
        "ledger archive --before 2026-01-01 --to a",
        "balance",
        "balance --day 2026-03-02",
        "balance --verify a.json b.json --public-key k",
        "ledger verify",
        "ledger stats",
        "ledger rebuild",
    ] {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
    }
}

#[test]
fn what_is_not_in_the_contract_does_not() {
    for line in [
        "",
        "nonsense",
        "help",
        "demo --cases 0",
        "demo --cases x",
        "preview park",
        "preview park f --all",
        "preview park f --out o",
        "disk export ntax",
        "disk import f --answers SW0302A1",
        "disk log SW0302A1",
        "disk log --returned",
        "disk log SW0302A1 --lost",
        "disk log SW0302A1 --returned --wiped",
        "disk log SW0302A1 --returned --back-by 2026-03-09",
        "disk log SW0302A1 --copy 0 --returned",
        "disk log --overdue --copy 1",
        "disk slip SW0302A1",
        "disk cancel SW0302A1",
        "channel take-over park",
        "channel trust ltax",
        "channel trust ltax --fingerprint 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "channel trust ltax --fingerprint SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSu",
        "channel trust ltax --fingerprint SHA256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "case",
        "case 1 --reveal",
        "queue",
        "queue complete t1 --field a",
        "queue complete t1 --field =1",
        "queue refuse t1",
        "queue not-keyed t1",
        "refused retry --reason r",
        "refused retry a1",
        "refused retry --dept park --reason r",
        "refused retry --code 3004 --reason r",
        "refused retry a1 --dept park --code 3004 --reason r",
        "refused edit a1 --reason r",
        "refused drop --reason r",
        "settle 1 a.b maybe --reason r",
        "settle 1 a.b booked",
        "balance --lang fr",
        "ledger",
    ] {
        assert!(parse(line).is_err(), "{line}: {:?}", parse(line));
    }
}

#[test]
fn a_blank_reason_is_none() {
    let blank = Cli::try_parse_from(["tanghulu", "queue", "refuse", "t1", "--reason", "  "]);
    assert!(blank.is_err());
}

#[test]
fn global_options_stand_before_or_after_the_verb() {
    for line in [
        "--config c --json --lang en --as 张三 queue list",
        "queue list --config c --json --lang en --as 张三",
        "--json queue --lang en list --config c --as 张三",
    ] {
        let global = parse(line).unwrap().global;
        let wanted = Global {
            config: Some("c".into()),
            json: true,
            lang: Some(LangArg::En),
            as_name: Some("张三".to_owned()),
        };
        assert_eq!(global, wanted, "{line}");
    }
}

#[test]
fn the_configuration_is_looked_for_here_first() {
    let dir = tempfile::tempdir().unwrap();
    let global = Global::default();
    assert_eq!(global.config_dir(dir.path()), PathBuf::from(INSTALLED_CONFIG));
    std::fs::create_dir(dir.path().join("config")).unwrap();
    assert_eq!(global.config_dir(dir.path()), dir.path().join("config"));
    let named = Global {
        config: Some("x".into()),
        ..Global::default()
    };
    assert_eq!(named.config_dir(dir.path()), PathBuf::from("x"));
}

#[test]
fn sabotage_is_not_offered() {
    let help = Cli::try_parse_from(["tanghulu", "demo", "--help"])
        .unwrap_err()
        .to_string();
    assert!(help.contains("--cases") && !help.contains("sabotage"), "{help}");
}
