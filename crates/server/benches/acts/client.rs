//! The clients: HTTP/1.1 by hand, so that they cost next to nothing beside the server, with which they share the machine.

use super::now;
use std::{io, net::SocketAddr, time::Duration};
use tokio::net::TcpStream;
use uuid::Uuid;

/// What one client sends, one request after the other.
pub type Lane = Vec<Vec<u8>>;

/// How long it took: all of it, and each act.
pub struct Times {
    pub elapsed: Duration,
    pub each: Vec<Duration>,
    /// Acts that were not done, though nothing stood against them.
    pub failed: usize,
}

/// The session that somebody sends requests with.
#[derive(Default)]
pub struct Session {
    pub cookie: String,
    pub csrf: String,
}

impl Session {
    /// As a browser keeps it.
    pub fn begun(begun: &server::web::session::Begun) -> Session {
        let cookie = begun.cookie.to_str().expect("a cookie is text");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Session { cookie, csrf: begun.csrf.clone() }
    }

    /// A page as it is asked for.
    pub fn gets(&self, path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {}\r\n\r\n", self.cookie).into_bytes()
    }

    /// An act as it travels. `key` makes it happen once.
    pub fn submits(&self, key: Uuid, act: &domain::act::Act) -> Vec<u8> {
        let mut sent = serde_json::to_value(act).expect("an act is JSON");
        sent["key"] = key.to_string().into();
        let body = sent.to_string();
        let Session { cookie, csrf } = self;
        let length = body.len();
        format!(
            "POST /api/acts HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\nx-csrf-token: {csrf}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// Every lane on a connection of its own, all at the same time.
pub async fn run(server: SocketAddr, lanes: Vec<Lane>) -> Times {
    let mut clients = Vec::with_capacity(lanes.len());
    for lane in lanes {
        clients.push((Connection::to(server).await.expect("a connection"), lane));
    }
    let start = now();
    let running: Vec<_> = clients.into_iter().map(|(connection, lane)| tokio::spawn(send(connection, lane))).collect();
    let (mut each, mut failed) = (Vec::new(), 0);
    for client in running {
        let (times, not_done) = client.await.expect("an answer to every act");
        each.extend(times);
        failed += not_done;
    }
    Times { elapsed: start.elapsed(), each, failed }
}

async fn send(mut connection: Connection, lane: Lane) -> (Vec<Duration>, usize) {
    let (mut each, mut failed) = (Vec::with_capacity(lane.len()), 0);
    for request in lane {
        let start = now();
        let status = connection.ask(&request).await.expect("an answer");
        each.push(start.elapsed());
        assert!([200, 500].contains(&status), "{}", String::from_utf8_lossy(&connection.answer));
        failed += usize::from(status == 500);
    }
    (each, failed)
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    /// The last answer, as it came.
    answer: Vec<u8>,
}

impl Connection {
    pub async fn to(server: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, answer: Vec::with_capacity(4096) })
    }

    /// Send a request and wait for the whole answer; its status.
    pub async fn ask(&mut self, mut request: &[u8]) -> io::Result<u16> {
        while !request.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(request) {
                Ok(written) => request = &request[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        self.answer.clear();
        loop {
            self.stream.readable().await?;
            match self.stream.try_read_buf(&mut self.answer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            }
            if let Some(status) = whole(&self.answer) {
                return Ok(status);
            }
        }
    }
}

/// The status of an answer, once all of it is there.
fn whole(answer: &[u8]) -> Option<u16> {
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
    (answer.len() >= end + 4 + length).then(|| head.get(9..12)?.parse().ok())?
}
