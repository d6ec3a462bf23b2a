//! The living departments of a run, each with its own directory, and the people who go between them.

use crate::demo::config::{SFTP_PASSWORD, SFTP_USER};
use departments::aic::Aic;
use departments::cases::Table;
use departments::keyed::Desk;
use departments::ltax::Ltax;
use departments::ntax::Ntax;
use departments::park::{ParkHandle, ParkOptions};
use departments::sftp_server::{Account, SftpServer};
use departments::{Books, Fates};
use seams::{Clock, Spawn};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Everything outside the node.
pub struct World {
    /// 海淀园: a REST interface.
    pub park: ParkHandle,
    /// 地税局's front-end machine.
    pub sftp: SftpServer,
    /// 地税局.
    pub ltax: Arc<Ltax>,
    /// 国税局.
    pub ntax: Arc<Ntax>,
    /// 工商局.
    pub aic: Arc<Aic>,
    /// Desks for keying into the others by hand.
    pub desk: Arc<Desk>,
    /// The stick that the courier carries.
    pub medium: PathBuf,
    /// Where the books stand.
    pub books: PathBuf,
}

/// Opens or reopens the departments of a run.
#[allow(clippy::disallowed_methods, reason = "the departments' own directories")]
pub async fn open(dir: &Path, cases: u32, clock: Arc<dyn Clock>, spawn: Arc<dyn Spawn>) -> io::Result<World> {
    let fates: Arc<dyn Fates> = Arc::new(Table::of(cases));
    let (books, medium, front) = (dir.join("books"), dir.join("medium"), dir.join("ltax-front"));
    for place in [&books, &medium, &front] {
        std::fs::create_dir_all(place)?;
    }
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut options = ParkOptions::new(dir.join("park"), books.clone(), fates.clone(), any);
    options.clock = clock.clone();
    let park = departments::park::start(options)?;
    let ltax_books = Arc::new(Books::open(&books, "ltax")?);
    let ltax =
        Arc::new(Ltax::open(&front, &dir.join("ltax"), ltax_books.clone(), fates.clone(), clock.clone(), 480)?);
    let account = Account { user: SFTP_USER.to_owned(), password: SFTP_PASSWORD.to_owned() };
    let sftp = SftpServer::start(&front, &dir.join("ltax-key"), account, any, &*spawn).await?;
    let ntax = Arc::new(Ntax::open(&books, fates.clone())?);
    let aic = Arc::new(Aic::open(&books, fates.clone(), clock)?);
    let desk = Desk::new(
        [("ltax".to_owned(), ltax_books), ("ntax".to_owned(), ntax.books().clone())],
        fates,
    );
    spawn.spawn("ltax", Box::pin(ltax.clone().run(Duration::from_millis(300))));
    Ok(World { park, sftp, ltax, ntax, aic, desk: Arc::new(desk), medium, books })
}
