//! The server in memory behind a real SSH server: what a department's machine may do to the whole mode.

use super::fake::Fake;
use russh::keys::key::safe_rng;
use russh::keys::{Algorithm, HashAlg, PrivateKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Server, Session};
use russh::{Channel, ChannelId, Disconnect};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

/// Says nothing, not even to a login.
const SILENT: &str = "";

/// A running server; it ends with the runtime.
pub struct Hostile {
    pub port: u16,
    pub host_key: String,
    pub logins: Arc<AtomicUsize>,
}

impl Hostile {
    /// Lets in whoever says `right`.
    pub async fn start(fake: &Fake) -> Self {
        Self::start_saying(fake, None).await
    }

    /// It never answers a login.
    pub async fn start_silent(fake: &Fake) -> Self {
        Self::start_saying(fake, Some(SILENT)).await
    }

    /// What answers after the login is this text.
    pub async fn start_saying(fake: &Fake, says: Option<&'static str>) -> Self {
        let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
        let host_key = key.public_key().fingerprint(HashAlg::Sha256).to_string();
        let config = Arc::new(Config {
            keys: vec![key],
            auth_rejection_time: std::time::Duration::ZERO,
            nodelay: true,
            ..Config::default()
        });
        let logins = Arc::new(AtomicUsize::new(0));
        let mut clients = Clients {
            fake: fake.clone(),
            logins: Arc::clone(&logins),
            says,
        };
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port();
        tokio::spawn(async move { clients.run_on_socket(config, &socket).await });
        Self { port, host_key, logins }
    }
}

struct Clients {
    fake: Fake,
    logins: Arc<AtomicUsize>,
    says: Option<&'static str>,
}

impl Server for Clients {
    type Handler = Client;

    fn new_client(&mut self, _: Option<SocketAddr>) -> Client {
        Client {
            fake: self.fake.clone(),
            logins: Arc::clone(&self.logins),
            says: self.says,
            channels: HashMap::new(),
        }
    }
}

struct Client {
    fake: Fake,
    logins: Arc<AtomicUsize>,
    says: Option<&'static str>,
    channels: HashMap<ChannelId, Channel<Msg>>,
}

impl Handler for Client {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, russh::Error> {
        self.logins.fetch_add(1, Ordering::SeqCst);
        if self.says == Some(SILENT) {
            std::future::pending::<()>().await;
        }
        Ok(if password == "right" {
            Auth::Accept
        } else {
            Auth::reject()
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(&mut self, id: ChannelId, _: &str, session: &mut Session) -> Result<(), russh::Error> {
        let channel = self.channels.remove(&id).unwrap();
        session.channel_success(id)?;
        if let Some(text) = self.says {
            session.data(id, text.as_bytes().to_vec())?;
            return session.close(id);
        }
        let (fake, ssh) = (self.fake.clone(), session.handle());
        tokio::spawn(async move {
            fake.serve(channel.into_stream()).await;
            let _ = ssh
                .disconnect(Disconnect::ByApplication, "died".to_owned(), String::new())
                .await;
        });
        Ok(())
    }
}
