#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn settings(engine: &str, more: &str) -> DatabaseSettings {
    toml::from_str(&format!("engine = \"{engine}\"\n{more}")).unwrap()
}

#[test]
fn certificates_are_checked_unless_the_server_is_this_machine() {
    for (host, tls) in [
        ("127.0.0.1", Tls::Disable),
        ("127.8.9.10", Tls::Disable),
        ("::1", Tls::Disable),
        ("localhost", Tls::Disable),
        ("LocalHost", Tls::Disable),
        ("/run/postgresql", Tls::Disable),
        ("10.20.30.41", Tls::VerifyFull),
        ("192.168.0.1", Tls::VerifyFull),
        ("fe80::1", Tls::VerifyFull),
        ("localhost.example", Tls::VerifyFull),
        ("127.0.0.1.example", Tls::VerifyFull),
        ("epb-front.example", Tls::VerifyFull),
    ] {
        for (engine, said) in [("postgres", None), ("mysql", None), ("mysql", Some(Tls::Require))] {
            let mut settings = settings(engine, &format!("host = {host:?}"));
            settings.tls = said;
            assert_eq!(settings.tls(), said.unwrap_or(tls), "{host}");
        }
    }
}

#[test]
fn every_word_is_what_the_library_is_told() {
    for (word, pg) in [
        ("verify-full", PgSslMode::VerifyFull),
        ("require", PgSslMode::Require),
        ("disable", PgSslMode::Disable),
    ] {
        let settings = settings("postgres", &format!("host = \"h\"\ntls = {word:?}"));
        let tlsing = Tlsing {
            tls: settings.tls(),
            ca: None,
        };
        let options = tlsing.postgres(PgConnectOptions::new_without_pgpass());
        assert_eq!(format!("{:?}", options.get_ssl_mode()), format!("{pg:?}"));
    }
    for word in ["verify", "prefer", "verify-ca", "off", ""] {
        let text = format!("engine = \"mysql\"\nhost = \"h\"\ntls = {word:?}");
        assert!(toml::from_str::<DatabaseSettings>(&text).is_err(), "{word}");
    }
}
