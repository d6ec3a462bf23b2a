//! How a connection to a database server is kept from being read or answered by somebody else.
//!
//! The words are PostgreSQL's. Public authorities are known; `ca` adds the one that signed this server's certificate.

use super::settings::{DatabaseSettings, Engine};
use model::{Code, Finding};
use port::{Context, Secret};
use serde::Deserialize;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::error::Error;
use std::io;
use std::net::IpAddr;

/// `database.tls`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// Encrypted, and the server's certificate is one of a known authority for this very name or address.
    VerifyFull,
    /// Encrypted; whoever stands in between can still be the other end.
    Require,
    /// Readable and forgeable on its way.
    Disable,
}

/// What to do, with the authority's certificate at hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tlsing {
    tls: Tls,
    ca: Option<Vec<u8>>,
}

impl Tlsing {
    /// Reads the authority's file.
    pub fn new(settings: &DatabaseSettings, context: &Context) -> Result<Self, Finding> {
        let ca = settings.ca.clone().map(|file| authority(file, context)).transpose()?;
        Ok(Self {
            tls: settings.tls(),
            ca,
        })
    }

    /// Nothing of the kind.
    #[cfg(test)]
    pub fn plain() -> Self {
        Self {
            tls: Tls::Disable,
            ca: None,
        }
    }

    /// For PostgreSQL.
    pub fn postgres(&self, options: PgConnectOptions) -> PgConnectOptions {
        let options = options.ssl_mode(match self.tls {
            Tls::VerifyFull => PgSslMode::VerifyFull,
            Tls::Require => PgSslMode::Require,
            Tls::Disable => PgSslMode::Disable,
        });
        match &self.ca {
            Some(pem) => options.ssl_root_cert_from_pem(pem.clone()),
            None => options,
        }
    }

    /// For MySQL and MariaDB.
    pub fn mysql(&self, options: MySqlConnectOptions) -> MySqlConnectOptions {
        let options = options.ssl_mode(match self.tls {
            Tls::VerifyFull => MySqlSslMode::VerifyIdentity,
            Tls::Require => MySqlSslMode::Required,
            Tls::Disable => MySqlSslMode::Disabled,
        });
        match &self.ca {
            Some(pem) => options.ssl_ca_from_pem(pem.clone()),
            None => options,
        }
    }
}

/// Read as secrets are: a relative file stands beside the configuration.
fn authority(file: std::path::PathBuf, context: &Context) -> Result<Vec<u8>, Finding> {
    let shown = file.display().to_string();
    let reference = Secret {
        file: Some(file),
        ..Secret::default()
    };
    let text = context.secrets.read(&reference)?;
    let pem = secrecy::ExposeSecret::expose_secret(&text);
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        let detail = format!("{shown}：不是PEM证书 no PEM certificate");
        let wrong = Finding::new(Code::SChannelSetting).with("setting", "database.ca");
        return Err(wrong.with("detail", detail));
    }
    Ok(pem.as_bytes().to_vec())
}

impl DatabaseSettings {
    /// What is said, or what is right where nothing is: nobody stands between this machine and itself.
    pub fn tls(&self) -> Tls {
        let here = self.host.as_deref().is_some_and(is_here);
        self.tls.unwrap_or(if here { Tls::Disable } else { Tls::VerifyFull })
    }
}

/// A socket, or an address of this machine.
fn is_here(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host.starts_with('/') || host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|a| a.is_loopback())
}

/// What cannot be meant.
pub fn judge(settings: &DatabaseSettings, say: &mut impl FnMut(&str, &str)) {
    if settings.engine == Engine::Sqlite {
        for (setting, there) in [
            ("database.tls", settings.tls.is_some()),
            ("database.ca", settings.ca.is_some()),
        ] {
            if there {
                say(setting, "与 sqlite 无关 has no meaning with engine = \"sqlite\"");
            }
        }
    } else if settings.ca.is_some() && settings.tls() != Tls::VerifyFull {
        say(
            "database.ca",
            "只在核对证书时有用：tls = \"verify-full\" means something with tls = \"verify-full\" only",
        );
    }
}

/// What TLS objects to, where it does: a word of its own, never the certificate's.
pub fn objection(error: &sqlx::Error) -> Option<String> {
    let wrapped = match error {
        sqlx::Error::Io(error) => error.get_ref()?,
        sqlx::Error::Tls(error) => &**error,
        _ => return None,
    };
    let wrapped: &(dyn Error + 'static) = wrapped;
    let wrapped = match wrapped.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref()?,
        None => wrapped,
    };
    Some(match wrapped.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(why) => format!("{why:?}")
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect(),
        rustls::Error::AlertReceived(alert) => format!("{alert:?}"),
        rustls::Error::PeerIncompatible(_) => "没有共同的版本或算法 no common TLS version or cipher".to_owned(),
        _ => "不是TLS no TLS there".to_owned(),
    })
}

/// Whether the server said that it has none.
pub fn is_missing(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Tls(error) if error.to_string().contains("does not support TLS"))
}

#[cfg(test)]
mod tests;
