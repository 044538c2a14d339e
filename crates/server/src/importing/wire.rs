//! From the thread that reads files to the task that keeps their rows, with room for a few thousand rows between them:
//! who reads faster than rows can be kept waits.

use super::Tell;
use connect::{Sink, Table};
use domain::batch::{Kind, Row};
use store::source::CHUNK;
use tokio::sync::mpsc;

/// How many messages may wait.
const ROOM: usize = 4;

/// What is told.
pub(super) enum Message {
    /// A table of this kind begins.
    Begin(Kind),
    /// The next rows of the table that began last, at most [`CHUNK`].
    Rows(Vec<Row>),
}

/// The reading end.
pub(super) struct Wire {
    out: mpsc::Sender<Message>,
    rows: Vec<Row>,
    tell: Tell,
}

impl Wire {
    pub(super) fn new(tell: Tell) -> (Wire, mpsc::Receiver<Message>) {
        let (out, messages) = mpsc::channel(ROOM);
        (Wire { out, rows: Vec::with_capacity(CHUNK), tell }, messages)
    }

    /// Nobody listens any more when keeping the rows failed; then what is read does not matter.
    fn send(&self, message: Message) {
        drop(self.out.blocking_send(message));
    }

    fn flush(&mut self) {
        if !self.rows.is_empty() {
            let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(CHUNK));
            self.send(Message::Rows(rows));
        }
    }
}

impl Sink for Wire {
    fn begin(&mut self, table: &Table) {
        self.send(Message::Begin(table.kind));
    }

    fn row(&mut self, row: Row) {
        self.rows.push(row);
        if self.rows.len() == CHUNK {
            self.flush();
        }
    }

    fn end(&mut self, _: &Table) {
        self.flush();
    }

    fn progress(&mut self, done: u64, total: u64) {
        (self.tell)(done, total);
    }
}
