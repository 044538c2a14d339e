//! The program itself, as an office runs it, until it is killed.

use super::PATIENCE;
use std::{
    fs::File,
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// The program, with the master key of the tests' databases.
fn program() -> Command {
    let mut call = Command::new(env!("CARGO_BIN_EXE_mingjing"));
    call.env("MINGJING_MASTER_KEY", "07".repeat(16));
    call
}

/// A server that runs; dropped, it is killed.
pub struct Server {
    process: Child,
    at: SocketAddr,
    folder: TempDir,
}

impl Server {
    pub fn start(database: &str) -> Server {
        let free = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
        let at = free.local_addr().expect("an address");
        drop(free);
        let folder = tempfile::tempdir().expect("a folder");
        let log = File::create(folder.path().join("log")).expect("a file");
        let mut call = program();
        call.args(["serve", "--listen", &at.to_string(), "--database", database]).env("NO_COLOR", "1").stderr(log);
        Server { process: call.spawn().expect("the program"), at, folder }
    }

    /// Where it is, once it takes requests.
    pub fn address(&self) -> String {
        const LOOK: Duration = Duration::from_millis(10);
        let looks = PATIENCE.as_millis() / LOOK.as_millis();
        let up = (0..looks).any(|_| {
            let there = TcpStream::connect(self.at).is_ok();
            if !there {
                thread::sleep(LOOK);
            }
            there
        });
        assert!(up, "the server does not come up: {}", self.log());
        format!("http://{}", self.at)
    }

    /// What it said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    /// SIGKILL: it is not asked, and cannot tidy up.
    fn drop(&mut self) {
        self.process.kill().expect("a process to kill");
        let status = self.process.wait().expect("its end");
        assert_eq!(status.code(), None, "it ended before it was killed: {}", self.log());
    }
}

/// `mingjing audit` finds nothing.
pub fn audits(database: &str) {
    let call = program().args(["audit", "--database", database]).output();
    let output = call.expect("the program");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
