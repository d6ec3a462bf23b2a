//! Connecting and logging in: one known host key, one try, no memory of what was seen before.

use super::session::{Error, Session};
use crate::settings::SftpSettings;
use model::{Code, Finding};
use port::Fault;
use russh::ChannelStream;
use russh::client::{self, Handle, Msg};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{cipher, kex, mac};
use seams::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpStream;

/// Large enough for 20 ms of a fast line; with more, fast lines get slower.
const WINDOW: u32 = 16 << 20;

/// How we show who we are.
pub enum Login {
    /// By password.
    Password(SecretString),
    /// By a private key.
    Key(Arc<PrivateKey>),
}

impl Login {
    /// A key from its text.
    pub fn key(text: &SecretString, passphrase: Option<&SecretString>) -> Result<Self, Finding> {
        russh::keys::decode_secret_key(text.expose_secret(), passphrase.map(|p| p.expose_secret()))
            .map(|key| Self::Key(Arc::new(key)))
            // The library's words could quote the key's text: they are not passed on.
            .map_err(|_| {
                Finding::new(Code::SChannelSetting)
                    .with("setting", "sftp.key")
                    .with("detail", "不是可用的私钥 no usable private key, or a wrong passphrase")
            })
    }

    /// Whether trying the other would be trying this again.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Password(mine), Self::Password(theirs)) => mine.expose_secret() == theirs.expose_secret(),
            (Self::Key(mine), Self::Key(theirs)) => {
                let print = |key: &PrivateKey| key.public_key().fingerprint(HashAlg::Sha256);
                print(mine) == print(theirs)
            }
            _ => false,
        }
    }
}

/// A logged-in connection with SFTP on it.
pub struct Connection {
    handle: Handle<Pin>,
    /// The SFTP session.
    pub sftp: Session<ChannelStream<Msg>>,
}

impl Connection {
    /// False once the server is known to be gone.
    pub fn is_open(&self) -> bool {
        !self.handle.is_closed()
    }
}

/// Judges the server's key against the pinned fingerprint.
struct Pin {
    expected: String,
    found: Arc<Mutex<Option<String>>>,
}

impl client::Handler for Pin {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let found = match key {
            PublicKeyOrCertificate::PublicKey { key, .. } => key.fingerprint(HashAlg::Sha256).to_string(),
            // Never asked for; whoever answers with one is not the server that was pinned.
            PublicKeyOrCertificate::Certificate(_) => "certificate".to_owned(),
        };
        let same = found == self.expected;
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        Ok(same)
    }
}

/// Where to, and by which key the server is known.
pub struct At<'a> {
    pub settings: &'a SftpSettings,
    pub endpoint: &'a str,
    pub host_key: String,
    /// Set while a login is under way: credentials were shown, and nothing was answered yet.
    pub logging_in: &'a AtomicBool,
}

/// Connects, checks the host key, logs in once, starts SFTP. The caller bounds the time.
pub async fn connect(at: At<'_>, login: &Login, clock: &Arc<dyn Clock>) -> Result<Connection, Fault> {
    let At {
        settings,
        endpoint,
        host_key,
        logging_in,
    } = at;
    let unreachable = |detail: String| {
        Fault::retry(
            Finding::new(Code::CUnreachable)
                .with("endpoint", endpoint)
                .with("detail", detail),
        )
    };
    let stream = TcpStream::connect((settings.host.as_str(), settings.port))
        .await
        .map_err(|e| unreachable(e.kind().to_string()))?;
    // Without it every small request waits for the one before; a server that minds cannot be one of ours.
    stream
        .set_nodelay(true)
        .map_err(|e| unreachable(e.kind().to_string()))?;

    let found = Arc::new(Mutex::new(None));
    let pin = Pin {
        expected: host_key.clone(),
        found: Arc::clone(&found),
    };
    let connected = client::connect_stream(Arc::new(config(settings)), stream, pin).await;
    let mut handle = connected.map_err(|error| {
        let found = found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match (error, found) {
            (_, Some(found)) if found != host_key => Fault::person(
                Finding::new(Code::CHostKey)
                    .with("endpoint", endpoint)
                    .with("expected", &host_key)
                    .with("found", found),
            ),
            (russh::Error::NoCommonAlgo { kind, theirs, .. }, _) => Fault::person(
                Finding::new(Code::CProtocol)
                    .with("endpoint", endpoint)
                    .with("detail", no_common(settings, &format!("{kind:?}"), &theirs)),
            ),
            (error, _) => unreachable(error.to_string()),
        }
    })?;

    logging_in.store(true, Ordering::SeqCst);
    let admitted = authenticate(&mut handle, settings, login).await;
    let admitted = admitted.map_err(|e| unreachable(e.to_string()))?;
    logging_in.store(false, Ordering::SeqCst);
    if !admitted {
        return Err(auth_fault(settings, endpoint));
    }
    let channel = handle
        .channel_open_session()
        .await
        .map_err(|e| unreachable(e.to_string()))?;
    let refused = |detail: String| {
        Fault::person(
            Finding::new(Code::CProtocol)
                .with("endpoint", endpoint)
                .with("detail", detail),
        )
    };
    channel
        .request_subsystem(true, "sftp")
        .await
        .map_err(|e| unreachable(e.to_string()))?;
    let begun = Session::begin(channel.into_stream(), Arc::clone(clock), settings.timeout.0).await;
    let (sftp, version) = begun.map_err(|error| match error {
        Error::Malformed(what) => refused(format!(
            "SFTP: {what}; 登录后应答的不是SFTP：口令可能已过期，或登录脚本有输出 what answers after the login is no \
             SFTP: the password may have expired, or a login script prints something"
        )),
        Error::Timeout => unreachable("SFTP: 没有应答 no answer".to_owned()),
        Error::Lost(what) => unreachable(format!(
            "SFTP: {what}; 或未对该账号开通 perhaps not served to this account"
        )),
        Error::Status(code) => unreachable(format!("SFTP: {code}")),
    })?;
    if version != 3 {
        return Err(refused(format!("SFTP {version} ≠ 3")));
    }
    Ok(Connection { handle, sftp })
}

async fn authenticate(handle: &mut Handle<Pin>, settings: &SftpSettings, login: &Login) -> Result<bool, russh::Error> {
    let user = settings.user.as_str();
    let answer = match login {
        Login::Password(password) => handle.authenticate_password(user, password.expose_secret()).await?,
        Login::Key(key) => {
            // Only an RSA key needs a hash chosen, and only then is the server asked; SHA-1 needs `legacy`.
            let hash = match key.algorithm().is_rsa() {
                true if settings.legacy => handle.best_supported_rsa_hash().await?.flatten(),
                true => handle
                    .best_supported_rsa_hash()
                    .await?
                    .flatten()
                    .or(Some(HashAlg::Sha256)),
                false => None,
            };
            handle
                .authenticate_publickey(user, PrivateKeyWithHashAlg::new(Arc::clone(key), hash))
                .await?
        }
    };
    Ok(answer.success())
}

/// The credentials were refused: a person must look before it is tried again.
pub fn auth_fault(settings: &SftpSettings, endpoint: &str) -> Fault {
    let setting = if settings.key.is_some() {
        "sftp.key"
    } else {
        "sftp.password"
    };
    Fault::person(
        Finding::new(Code::CAuth)
            .with("endpoint", endpoint)
            .with("setting", setting),
    )
}

fn config(settings: &SftpSettings) -> client::Config {
    let mut preferred = russh::Preferred::DEFAULT;
    preferred.cipher = Cow::Owned(vec![
        cipher::AES_256_GCM,
        cipher::AES_128_GCM,
        cipher::CHACHA20_POLY1305,
        cipher::AES_256_CTR,
        cipher::AES_192_CTR,
        cipher::AES_128_CTR,
    ]);
    preferred.compression = Cow::Borrowed(&[russh::compression::NONE]);
    let mut gex = client::GexParams::default();
    if settings.legacy {
        tracing::warn!(host = %settings.host, "legacy ssh algorithms are offered to this server");
        preferred.kex = appended(
            &preferred.kex,
            &[
                kex::ECDH_SHA2_NISTP256,
                kex::DH_G14_SHA1,
                kex::DH_GEX_SHA1,
                kex::DH_G1_SHA1,
            ],
        );
        preferred.cipher = appended(
            &preferred.cipher,
            &[cipher::AES_256_CBC, cipher::AES_192_CBC, cipher::AES_128_CBC],
        );
        preferred.mac = appended(&preferred.mac, &[mac::HMAC_SHA1_ETM, mac::HMAC_SHA1]);
        if let Ok(old) = client::GexParams::new(2048, 3072, 8192) {
            gex = old;
        }
    } else {
        // The default list ends with RSA keys signed by SHA-1.
        let modern = preferred
            .key
            .iter()
            .filter(|a| !matches!(a, russh::keys::Algorithm::Rsa { hash: None }));
        preferred.key = Cow::Owned(modern.cloned().collect());
    }
    client::Config {
        window_size: WINDOW,
        preferred,
        gex,
        keepalive_interval: Some(settings.keepalive.0),
        keepalive_max: 3,
        nodelay: true,
        ..client::Config::default()
    }
}

fn appended<T: Clone>(list: &[T], more: &[T]) -> Cow<'static, [T]> {
    Cow::Owned(list.iter().chain(more).cloned().collect())
}

/// What is missing, and which setting may help: an old server is known by what it offers, and only a person may say that
/// its algorithms are good enough for what is sent there.
fn no_common(settings: &SftpSettings, kind: &str, theirs: &[String]) -> String {
    let what = format!("没有共同算法 no common algorithm: {kind}; {}", listed(theirs));
    if settings.legacy {
        return what;
    }
    format!("{what}; 旧服务器须经负责人同意后设 an old server needs, once agreed: sftp.legacy = true")
}

/// What a server offers, bounded for a message.
fn listed(names: &[String]) -> String {
    let text = names.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(",");
    text.chars().filter(|c| c.is_ascii_graphic()).take(200).collect()
}
