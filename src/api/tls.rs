//! The listener's certificate, and where asked for, the callers'.

use model::{Code, Finding};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most bytes a PEM file may have.
const MAX_BYTES: u64 = 1 << 20;

/// Files in PEM form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tls {
    /// The certificate, then its intermediates.
    pub cert_pem: PathBuf,
    /// Its private key.
    pub key_pem: PathBuf,
    /// Whoever calls must show a certificate of one of these authorities.
    pub client_ca_pem: Option<PathBuf>,
}

impl Tls {
    /// Reads the files.
    pub(crate) fn load(&self) -> Result<Arc<ServerConfig>, Finding> {
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.ok_or_else(|| bad(&self.cert_pem, "no TLS provider is installed"))?;
        let chain = certificates(&self.cert_pem)?;
        let key = PrivateKeyDer::from_pem_slice(&read(&self.key_pem)?);
        // Why a key cannot be read is never told: the text might hold some of it.
        let key = key.map_err(|_| bad(&self.key_pem, "no private key in it"))?;
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| bad(&self.cert_pem, e))?;
        let config = match &self.client_ca_pem {
            None => config.with_no_client_auth(),
            Some(path) => config.with_client_cert_verifier(callers(path, provider)?),
        };
        let mut config = config
            .with_single_cert(chain, key)
            .map_err(|e| bad(&self.cert_pem, e))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn callers(path: &Path, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, Finding> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|e| bad(path, e))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|e| bad(path, e))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Finding> {
    let pem = read(path)?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let all = all.map_err(|_| bad(path, "not PEM"))?;
    if all.is_empty() {
        Err(bad(path, "no certificate in it"))
    } else {
        Ok(all)
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a certificate is configuration, not data; read with a bound"
)]
fn read(path: &Path) -> Result<Vec<u8>, Finding> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| bad(path, e))?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| bad(path, e))?;
    if bytes.len() as u64 > MAX_BYTES {
        Err(bad(path, "larger than 1 MiB"))
    } else {
        Ok(bytes)
    }
}

fn bad(path: &Path, detail: impl fmt::Display) -> Finding {
    Finding::new(Code::ATlsFile)
        .with("path", path.display())
        .with("detail", detail)
}
