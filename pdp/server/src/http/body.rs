//! Reading a body: within its limit and its time, without a copy where it came in one piece.

use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use actix_web::body::{BodyStream, MessageBody};
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, rt};
use zeroize::Zeroizing;

use super::problem::Problem;
use crate::settings::Settings;

/// What is read, and thrown away, of a body that is refused: a caller that is still sending would not see the answer.
const DRAINED_BYTES: usize = 16 << 20;

/// The body of a request, perhaps not yet read.
pub(crate) struct Body {
    payload: BodyStream<Payload>,
    announced: Option<usize>,
    most: usize,
    timeout: Duration,
    is_done: bool,
}

/// A body that has been read. Bodies hold credentials: a copy of ours is wiped.
pub(crate) enum Read {
    /// It came in one piece, and lies where the HTTP library read it.
    Whole(Bytes),
    /// It came in pieces.
    Gathered(Zeroizing<Vec<u8>>),
}

impl Body {
    pub(crate) fn new(request: &HttpRequest, payload: Payload, settings: &Settings) -> Self {
        let (most, timeout) = (settings.limits.request_bytes, settings.body_timeout);
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        Self { payload: BodyStream::new(payload), announced, most, timeout, is_done: false }
    }

    /// Refuses a body that announces more than the limit, before any of it is read.
    pub(crate) fn check_announced(&self) -> Result<(), Problem> {
        match self.announced {
            Some(length) if length > self.most => Err(Problem::body_too_large(self.most)),
            _ => Ok(()),
        }
    }

    /// Reads it.
    pub(crate) async fn read(&mut self) -> Result<Read, Problem> {
        let read = self.read_in_time().await;
        // What didn't come in time is not waited for a second time.
        self.is_done |= read.is_none();
        read.unwrap_or_else(|| Err(Problem::body_timeout()))
    }

    async fn read_in_time(&mut self) -> Option<Result<Read, Problem>> {
        let timeout = self.timeout;
        let mut reading = pin!(self.gather());
        // A timer is made only for a body that isn't there yet: most are. But a handler of HTTP/1 runs first when nothing
        // but the head was taken from what came, so it looks a second time at once. A timer before that would be made for
        // every request, and costs more than to read the body.
        let mut is_first = true;
        let first = poll_fn(|context| match reading.as_mut().poll(context) {
            Poll::Pending if std::mem::take(&mut is_first) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            read => Poll::Ready(read),
        });
        match first.await {
            Poll::Ready(read) => Some(read),
            Poll::Pending => rt::time::timeout(timeout, reading).await.ok(),
        }
    }

    /// Reads and forgets what is left of it, within bounds.
    pub(crate) async fn drain(&mut self) {
        if self.is_done {
            return;
        }
        let timeout = self.timeout;
        let drained = async {
            let mut left = DRAINED_BYTES;
            while let Some(Ok(chunk)) = self.next().await {
                let Some(less) = left.checked_sub(chunk.len()) else { return };
                left = less;
            }
        };
        // What is left after that is cut off with the connection.
        let _ = rt::time::timeout(timeout, drained).await;
    }

    async fn gather(&mut self) -> Result<Read, Problem> {
        let Some(first) = self.next().await else { return Ok(Read::Whole(Bytes::new())) };
        let first = self.within_limit(first?, 0)?;
        if self.announced == Some(first.len()) {
            self.is_done = true;
            return Ok(Read::Whole(first));
        }
        let room = self.announced.unwrap_or(4 * first.len()).min(self.most);
        let mut gathered = Zeroizing::new(Vec::with_capacity(room));
        make_room(&mut gathered, first.len());
        gathered.extend_from_slice(&first);
        while let Some(chunk) = self.next().await {
            let chunk = self.within_limit(chunk?, gathered.len())?;
            make_room(&mut gathered, chunk.len());
            gathered.extend_from_slice(&chunk);
        }
        Ok(Read::Gathered(gathered))
    }

    fn within_limit(&self, chunk: Bytes, before: usize) -> Result<Bytes, Problem> {
        if before + chunk.len() > self.most { Err(Problem::body_too_large(self.most)) } else { Ok(chunk) }
    }

    async fn next(&mut self) -> Option<Result<Bytes, Problem>> {
        let payload = &mut self.payload;
        let next = poll_fn(|context| Pin::new(&mut *payload).poll_next(context)).await;
        self.is_done = !matches!(next, Some(Ok(_)));
        next.map(|chunk| chunk.map_err(|_| Problem::body_cut_off()))
    }
}

/// Grows a buffer without leaving a copy of what it held behind.
fn make_room(gathered: &mut Zeroizing<Vec<u8>>, more: usize) {
    let needed = gathered.len() + more;
    if needed > gathered.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * gathered.capacity())));
        larger.extend_from_slice(gathered);
        *gathered = larger;
    }
}

impl Deref for Read {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Gathered(bytes) => bytes,
        }
    }
}
