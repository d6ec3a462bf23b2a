#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn table(engine: Engine) -> Table {
    let types = match engine {
        Engine::Postgres => [("N", "bigint"), ("S", "character varying")],
        _ => [("", ""), ("", "")],
    };
    let types = types.into_iter().filter(|(name, _)| !name.is_empty());
    let types = types.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect();
    Table::new(engine, "front.T", types)
}

#[test]
fn each_engine_gets_its_own_words() {
    let cases = [
        (
            Engine::Sqlite,
            "SELECT CAST(`N` AS TEXT), CAST(`S` AS TEXT) FROM `front`.`T` WHERE (`N` = ? AND CAST(`N` AS TEXT) = ?) AND (`S` IS NULL OR CAST(`S` AS TEXT) NOT IN (?, ?)) ORDER BY `N` LIMIT 9",
        ),
        (
            Engine::Mysql,
            "SELECT CAST(`N` AS CHAR), CAST(`S` AS CHAR) FROM `front`.`T` WHERE (`N` = ? AND CAST(`N` AS CHAR) = ?) AND (`S` IS NULL OR CAST(`S` AS CHAR) NOT IN (?, ?)) ORDER BY `N` LIMIT 9",
        ),
        (
            Engine::Postgres,
            r#"SELECT CAST("N" AS TEXT), CAST("S" AS TEXT) FROM "front"."T" WHERE ("N" = CAST($1 AS bigint)) AND ("S" IS NULL OR CAST("S" AS TEXT) NOT IN ($2, $3)) ORDER BY "N" LIMIT 9"#,
        ),
    ];
    for (engine, expected) in cases {
        let table = table(engine);
        let (new, claimed) = ("0".to_owned(), "1".to_owned());
        let statement = table.select(&["N", "S"]).is("N", "7").none_of("S", &[&new, &claimed]);
        let statement = statement.first(&["N"], 9).done();
        assert_eq!(statement.sql, expected);
        assert_eq!(statement.sql.matches(['?', '$']).count(), statement.values.len());
    }
}

#[test]
fn values_are_bound_and_never_written() {
    let evil = "'; DROP TABLE x; --";
    for engine in [Engine::Sqlite, Engine::Mysql, Engine::Postgres] {
        let table = table(engine);
        let statements = [
            table.insert(&[("N", Some(evil)), ("S", None)]),
            table
                .update(&[("S", Some(evil))])
                .is("N", evil)
                .other_than("S", evil)
                .after("N", evil)
                .done(),
        ];
        for statement in statements {
            assert!(!statement.sql.contains("DROP"), "{}", statement.sql);
            assert_eq!(statement.sql.matches(['?', '$']).count(), statement.values.len());
        }
    }
}

#[test]
fn a_quotation_mark_ends_no_name() {
    assert_eq!(quote(Engine::Mysql, "a`b"), "`a``b`");
    assert_eq!(quote(Engine::Postgres, "a\"b"), "\"a\"\"b\"");
}
