//! Readers that go through the log page by page: what flows is kept from one page to the next.
//!
//! A reader is not named. It is known by where it goes on: at the place, or just before it, where a page has ended. The first page of a way is read by
//! batches, so that a page alone does not cost a consumer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::fetch::Stored;
use crate::scan::{Left, Scan};

/// For how long a flow is kept for the next page. The server goes on into the client's buffer meanwhile, and stops at 32 MB.
const KEPT: Duration = Duration::from_secs(5);

/// How many flows are kept at most.
const FLOWS: usize = 8;

/// How many places are remembered where pages have ended.
const PLACES: usize = 32;

/// How many messages a reader may ask for once more: that which did not fit into the page, and the page's last one.
const SHOWN: usize = 2;

/// Where the pages of the log have ended.
#[derive(Default)]
pub(crate) struct Pages(Mutex<State>);

#[derive(Default)]
struct State {
    flows: Vec<(Instant, Box<Left>)>,
    /// The first sequence that the next page may begin at, and the last one.
    ends: VecDeque<(u64, u64)>,
}

/// How a page goes on from the one before.
pub(crate) enum Before {
    /// There was none.
    None,
    /// It was read by batches.
    Page,
    /// It left this.
    Flow(Box<Left>),
}

impl Pages {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page before the one that begins at this sequence.
    pub(crate) fn before(&self, from: u64) -> Before {
        let mut state = self.state();
        let flow = state.flows.iter().position(|(_, left)| left.reaches(from));
        if let Some(flow) = flow {
            return Before::Flow(state.flows.swap_remove(flow).1);
        }
        let page = state
            .ends
            .iter()
            .position(|(first, last)| (*first..=*last).contains(&from));
        match page.and_then(|page| state.ends.remove(page)) {
            Some(_) => Before::Page,
            None => Before::None,
        }
    }

    /// A page has ended, with these messages as its last ones.
    pub(crate) fn ended(self: &Arc<Self>, scan: &mut Scan<'_>, shown: VecDeque<Stored>) {
        let (Some(first), Some(last)) = (shown.front(), shown.back()) else {
            return;
        };
        let place = (first.sequence, last.sequence.saturating_add(1));
        let left = scan.leave(shown);
        let mut state = self.state();
        if let Some(left) = left {
            if state.flows.len() >= FLOWS {
                state.flows.remove(0);
            }
            state.flows.push((Instant::now(), left));
            drop(state);
            self.forget_later();
        } else {
            if state.ends.len() >= PLACES {
                state.ends.pop_front();
            }
            state.ends.push_back(place);
        }
    }

    /// Nothing flows any more.
    pub(crate) fn close(&self) {
        self.state().flows.clear();
    }

    fn forget_later(self: &Arc<Self>) {
        if let Ok(runtime) = Handle::try_current() {
            let pages = Arc::downgrade(self);
            runtime.spawn(forget(pages));
        }
    }
}

/// Keeps a message that was shown, and the one before it.
pub(crate) fn keep(shown: &mut VecDeque<Stored>, stored: Stored) {
    if shown.len() >= SHOWN {
        shown.pop_front();
    }
    shown.push_back(stored);
}

async fn forget(pages: Weak<Pages>) {
    tokio::time::sleep(KEPT).await;
    if let Some(pages) = pages.upgrade() {
        let old = |(since, _): &(Instant, Box<Left>)| since.elapsed() >= KEPT;
        let mut state = pages.state();
        let (gone, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.flows).into_iter().partition(old);
        state.flows = kept;
        drop(state);
        drop(gone);
    }
}
