//! TLS to real servers: whose certificate is taken, whose is not, and that nothing goes readable where it must not.

use super::servers::{Kind, Server};
use super::world::{Engine, Wishes, World, first};
use model::Code;
use port::{Adapter, Fault, Next};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An authority.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A certificate for a name or address and its key, as files.
    fn certify(&self, name: &str, dir: &Path) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        let (cert_file, key_file) = (dir.join("server.pem"), dir.join("server.key"));
        std::fs::write(&cert_file, cert.pem()).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        (cert_file, key_file)
    }
}

/// A server with a certificate for `name`; where `only`, it takes nobody who speaks readable.
async fn serving(kind: Kind, authority: &Authority, name: &str, only: bool) -> World {
    let server = Server::start_with(kind, |dir, give| {
        let (cert, key) = authority.certify(name, dir);
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        give(&cert);
        give(&key);
        let (cert, key) = (cert.display(), key.display());
        match kind {
            Kind::Postgres => {
                let mut words = vec![
                    "-c".to_owned(),
                    "ssl=on".to_owned(),
                    "-c".to_owned(),
                    format!("ssl_cert_file={cert}"),
                    "-c".to_owned(),
                    format!("ssl_key_file={key}"),
                ];
                if only {
                    let hba = dir.join("hba.conf");
                    std::fs::write(&hba, "hostssl all all 127.0.0.1/32 md5\n").unwrap();
                    give(&hba);
                    words.extend(["-c".to_owned(), format!("hba_file={}", hba.display())]);
                }
                words
            }
            Kind::MariaDb => {
                let mut words = vec![format!("--ssl-cert={cert}"), format!("--ssl-key={key}")];
                words.extend(only.then(|| "--require-secure-transport=ON".to_owned()));
                words
            }
        }
    })
    .await;
    let engine = match kind {
        Kind::Postgres => Engine::Postgres,
        Kind::MariaDb => Engine::MariaDb,
    };
    World::over(engine, Some(server)).await
}

/// A channel that says this of TLS.
fn adapter(world: &World, tls: &str, ca: Option<&Authority>) -> Arc<dyn Adapter> {
    let mut said = format!("tls = {tls:?}\n");
    if let Some(ca) = ca {
        let file = world.dir.path().join("ca.pem");
        std::fs::write(&file, &ca.pem).unwrap();
        said.push_str(&format!("ca = {file:?}\n"));
    }
    let wishes = Wishes {
        server: said.leak(),
        ..Wishes::default()
    };
    world.adapter_with(wishes)
}

async fn refused(adapter: &dyn Adapter) -> Fault {
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!(fault.next, Next::Person, "{fault}");
    fault
}

async fn on_both(body: impl AsyncFn(Kind)) {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        body(kind).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_authority_and_the_right_name_are_taken() {
    on_both(async |kind| {
        let authority = Authority::new("front");
        let world = serving(kind, &authority, "127.0.0.1", true).await;
        let adapter = adapter(&world, "verify-full", Some(&authority));
        adapter.probe().await.unwrap();
        adapter.deliver(&first(&*adapter, 1, &[1])).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_authority_is_refused_and_one_that_only_calls_itself_the_same_too() {
    on_both(async |kind| {
        let world = serving(kind, &Authority::new("front"), "127.0.0.1", false).await;
        for (ca, why) in [
            (Some(&Authority::new("other")), "UnknownIssuer"),
            (Some(&Authority::new("front")), "BadSignature"),
            (None, "UnknownIssuer"),
        ] {
            let fault = refused(&*adapter(&world, "verify-full", ca)).await;
            assert_eq!(fault.finding.code, Code::CTls, "{fault}");
            let said = fault.to_string();
            assert!(said.contains(why) && said.contains("database.ca"), "{said}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_for_another_name_is_refused() {
    on_both(async |kind| {
        for name in ["front.example", "127.0.0.2"] {
            let authority = Authority::new("front");
            let world = serving(kind, &authority, name, false).await;
            let fault = refused(&*adapter(&world, "verify-full", Some(&authority))).await;
            assert_eq!(fault.finding.code, Code::CTls, "{fault}");
            assert!(fault.to_string().contains("NotValidForName"), "{fault}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_refused_by_name_unless_that_was_agreed() {
    for engine in [Engine::Postgres, Engine::MariaDb] {
        let words = |_: &Path, _: &dyn Fn(&Path)| match engine {
            Engine::MariaDb => vec!["--skip-ssl".to_owned()],
            _ => Vec::new(),
        };
        let kind = match engine {
            Engine::MariaDb => Kind::MariaDb,
            _ => Kind::Postgres,
        };
        let world = World::over(engine, Some(Server::start_with(kind, words).await)).await;
        for tls in ["verify-full", "require"] {
            let fault = refused(&*adapter(&world, tls, None)).await;
            assert_eq!(fault.finding.code, Code::CNoTls, "{fault}");
            assert!(fault.to_string().contains("database.tls = \"disable\""), "{fault}");
        }
        adapter(&world, "disable", None).probe().await.unwrap();
        // On this machine itself nobody has to agree.
        world.adapter().probe().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn required_is_encrypted_whoever_signed_and_disabled_is_not() {
    on_both(async |kind| {
        let world = serving(kind, &Authority::new("nobody"), "elsewhere.example", true).await;
        adapter(&world, "require", None).probe().await.unwrap();
        refused(&*adapter(&world, "disable", None)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authority_that_is_none_is_a_fault_of_the_settings() {
    use port::TypedMode as _;
    let world = World::on(Engine::Sqlite).await;
    let file = world.dir.path().join("ca.pem");
    std::fs::write(&file, "-----BEGIN X509 CRL-----\n").unwrap();
    let text = world.settings_text(&Wishes::default());
    let (head, rest) = text.split_once("[database]\n").unwrap();
    let (_, tables) = rest.split_once("[database.out]").unwrap();
    let server = format!(
        "engine = \"mysql\"\nhost = \"10.0.0.1\"\nname = \"f\"\nuser = \"u\"\npassword = {{ env = \"x\" }}\nca = {file:?}\n"
    );
    let text = format!("{head}[database]\n{server}[database.out]{tables}");
    let built = crate::Mode::build(toml::from_str(&text).unwrap(), world.context(&Wishes::default()));
    let finding = built.map(|_| ()).unwrap_err();
    assert_eq!(finding.code, Code::SChannelSetting);
    assert_eq!(finding.arg("setting"), Some("database.ca"));
}
