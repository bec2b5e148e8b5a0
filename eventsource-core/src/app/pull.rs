//! A stream that makes its next items when it is asked for them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::store::BoxFuture;

/// What makes the items, some at a time, each time the ones before are taken. So nothing piles up behind a slow reader.
pub(super) trait Source: Send {
    type Item;

    fn pull(self: Box<Self>) -> BoxFuture<'static, Pulled<Self::Item>>;
}

/// Some items, and what makes the next ones; nothing does when the stream ends.
pub(super) struct Pulled<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<Box<dyn Source<Item = T>>>,
}

impl<T> Pulled<T> {
    pub(super) fn end() -> Self {
        Self {
            items: Vec::new(),
            next: None,
        }
    }
}

/// The items of a source, one at a time. Dropping a wait for the next one loses nothing.
pub(super) struct Pull<T> {
    taken: VecDeque<T>,
    next: Next<T>,
}

enum Next<T> {
    Idle(Box<dyn Source<Item = T>>),
    Pulling(BoxFuture<'static, Pulled<T>>),
    Ended,
}

impl<T> Pull<T> {
    pub(super) fn new(source: impl Source<Item = T> + 'static) -> Self {
        Self {
            taken: VecDeque::new(),
            next: Next::Idle(Box::new(source)),
        }
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        loop {
            if let Some(item) = self.taken.pop_front() {
                return Poll::Ready(Some(item));
            }
            self.next = match std::mem::replace(&mut self.next, Next::Ended) {
                Next::Ended => return Poll::Ready(None),
                Next::Idle(source) => Next::Pulling(source.pull()),
                Next::Pulling(mut pulling) => match Pin::as_mut(&mut pulling).poll(context) {
                    Poll::Pending => {
                        self.next = Next::Pulling(pulling);
                        return Poll::Pending;
                    }
                    Poll::Ready(pulled) => {
                        self.taken.extend(pulled.items);
                        pulled.next.map_or(Next::Ended, Next::Idle)
                    }
                },
            };
        }
    }
}
