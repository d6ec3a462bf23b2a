//! What goes wrong with a server, an account, a table; and that every fault says who acts next.

use super::on_all;
use super::world::{Engine, Wishes, World, ask, first, outgoing};
use model::{Code, Op};
use port::{Next, Outcome};

on_all!(
    a_missing_table_and_a_missing_column_are_for_a_person,
    a_lock_that_another_holds_passes,
);

pub mod body {
    use super::super::world::{Wishes, World, ask, first};
    use model::Code;
    use port::Next;

    pub async fn a_missing_table_and_a_missing_column_are_for_a_person(world: World) {
        world.adapter().probe().await.unwrap();
        for (what, to) in [
            ("XCHG_OUT", "XCHG_GONE"),
            ("DONERESULT", "DONE_RESULT"),
            ("SBYY", "SBYYY"),
        ] {
            let text = world.settings_text(&Default::default());
            let changed = text.replace(what, to);
            let adapter = match what {
                "DONERESULT" => {
                    world
                        .hand("ALTER TABLE \"XCHG_IN\" RENAME COLUMN \"DONERESULT\" TO \"D\"")
                        .await;
                    world.adapter()
                }
                _ => world.adapter_from(&changed),
            };
            let fault = adapter.probe().await.unwrap_err();
            assert_eq!(
                (fault.finding.code, fault.next),
                (Code::CProtocol, Next::Person),
                "{what}"
            );
        }
    }

    pub async fn a_lock_that_another_holds_passes(world: World) {
        let adapter = world.adapter_with(Wishes {
            server: "timeout = \"300ms\"",
            ..Wishes::default()
        });
        world.result("E1", 1, "2026-03-16 18:00:00", "0").await;
        let mut other = world.store().await;
        other.begin().await.unwrap();
        other
            .change("UPDATE \"XCHG_IN\" SET \"EXITRES\" = 'x'", &[])
            .await
            .unwrap();
        let fault = adapter.collect(&ask(9)).await.map(|_| ()).unwrap_err();
        assert_eq!(fault.next, Next::Retry, "{fault}");
        assert!(matches!(fault.finding.code, Code::CBusy | Code::CTimeout), "{fault}");
        other.commit().await.unwrap();
        // The server may still be at the claim that we no longer wait for: the row is ours then, at one of the next looks.
        let mut offers = 0;
        for _ in 0..50 {
            offers = adapter.collect(&ask(9)).await.unwrap().len();
            if offers > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(offers, 1);
        adapter.deliver(&first(&*adapter, 1, &[1])).await.unwrap();
    }
}

/// SQLite knows no accounts and no lengths: these are the servers'.
async fn on_servers(body: impl AsyncFn(World)) {
    for engine in [Engine::Postgres, Engine::MariaDb] {
        body(World::on(engine).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_for_a_person_and_stands_in_no_message() {
    on_servers(async |world| {
        let adapter = world.adapter_with(Wishes {
            password: "wrong-secret",
            ..Wishes::default()
        });
        let fault = adapter.probe().await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::CAuth, Next::Person), "{fault}");
        assert!(!format!("{fault:?}").contains("wrong-secret"));
    })
    .await;
}

/// Old tables have columns of a fixed length, which PostgreSQL calls by a name that means a single character.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_of_fixed_length_hold_what_was_written_and_are_found_again() {
    on_servers(async |world| {
        if world.engine == Engine::Postgres {
            for (column, kind) in [("PROJID", "CHAR(30)"), ("BLOCK", "CHAR(20)"), ("SIGNSTATE", "CHAR(4)")] {
                let change = format!("ALTER TABLE \"XCHG_OUT\" ALTER COLUMN \"{column}\" TYPE {kind}");
                world.hand(&change).await;
            }
        } else {
            world
                .hand("ALTER TABLE \"XCHG_OUT\" MODIFY \"PROJID\" CHAR(30) NOT NULL, MODIFY \"SIGNSTATE\" CHAR(4) NOT NULL")
                .await;
        }
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[1]);
        assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Pending]);
        assert_eq!(
            world.rows(&["PROJID", "SIGNSTATE"], "XCHG_OUT").await,
            [[departments::cases::case_no(1).as_str(), "0"]]
        );
        let mut again = batch.clone();
        again.again = true;
        assert_eq!(adapter.deliver(&again).await.unwrap(), [Outcome::Pending]);
        assert_eq!(world.rows(&["ORGBUSNO"], "XCHG_OUT").await.len(), 1);
        world.epb.turn().await.unwrap();
        assert_eq!(adapter.query(&batch).await.unwrap(), [port::Said::Booked(None)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_the_table_does_not_take_is_refused_alone_and_not_cut() {
    on_servers(async |world| {
        let adapter = world.adapter();
        let mut rows = outgoing(&[1, 2, 3], ("I", Op::Submit));
        rows.rows[0].cells[6] = Some("276012".into());
        rows.rows[2].cells[7] = Some("99999999999999".into());
        let batch = super::world::prepared(&*adapter, &rows, 1);
        let outcomes = adapter.deliver(&batch).await.unwrap();
        let code = |outcome: &Outcome| match outcome {
            Outcome::Refused { code, .. } => code.clone(),
            other => format!("{other:?}"),
        };
        let codes: Vec<String> = outcomes.iter().map(code).collect();
        assert_eq!(codes, ["2002", "Pending", "2006"], "{:?}", world.engine);
        assert!(
            !format!("{outcomes:?}").contains("276012"),
            "a value stands in a reason"
        );
        assert_eq!(
            world.rows(&["ORGBUSNO"], "XCHG_OUT").await,
            [["N1-EPB-20260316-0001-002"]]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_passes() {
    on_servers(async |mut world| {
        let adapter = world.adapter();
        let batch = first(&*adapter, 1, &[1]);
        world.server.as_mut().unwrap().end();
        let faults = [
            adapter.probe().await.unwrap_err(),
            adapter.collect(&ask(9)).await.map(|_| ()).unwrap_err(),
            adapter.deliver(&batch).await.unwrap_err(),
        ];
        for fault in faults {
            assert_eq!(
                (fault.finding.code, fault.next),
                (Code::CUnreachable, Next::Retry),
                "{fault}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let world = World::on(Engine::Sqlite).await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    for engine in ["postgres", "mysql"] {
        let server = format!(
            "engine = {engine:?}\nhost = \"127.0.0.1\"\nport = {port}\nname = \"front\"\nuser = \"hub\"\n\
             password = {{ env = \"x\" }}\nconnect_timeout = \"200ms\"\n"
        );
        let text = world.settings_text(&Wishes::default());
        let (head, rest) = text.split_once("[database]\n").unwrap();
        let (_, tables) = rest.split_once("[database.out]").unwrap();
        let adapter = world.adapter_from(&format!("{head}[database]\n{server}[database.out]{tables}"));
        let fault = adapter.probe().await.unwrap_err();
        assert_eq!(
            (fault.finding.code, fault.next),
            (Code::CTimeout, Next::Retry),
            "{fault}"
        );
    }
}

#[test]
fn a_server_is_found_at_its_usual_port() {
    use crate::database::session;
    for (engine, port) in [("postgres", 5432), ("mysql", 3306)] {
        let text = format!("engine = {engine:?}\nhost = \"h\"\nname = \"n\"\nuser = \"u\"");
        let settings = toml::from_str(&text).unwrap();
        let password = secrecy::SecretString::from("p");
        let clock = std::sync::Arc::new(seams::SystemClock::new());
        let tls = crate::database::tls::Tlsing::plain();
        let server = session::Server::new(&settings, Some(&password), &tls, 480, clock).unwrap();
        assert_eq!(server.endpoint(), format!("h:{port}/n"));
    }
}
