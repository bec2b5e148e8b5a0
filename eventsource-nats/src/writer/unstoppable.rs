//! What goes on when nobody waits for it any more, without a task of its own as long as somebody does: waking another thread twice takes as long as the
//! server's answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// A future that ends in a task of this runtime when it is dropped before its end.
pub(super) struct Unstoppable<T: Send + 'static> {
    future: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    runtime: Handle,
}

impl<T: Send + 'static> Unstoppable<T> {
    pub(super) fn new(future: impl Future<Output = T> + Send + 'static, runtime: Handle) -> Self {
        Self {
            future: Some(Box::pin(future)),
            runtime,
        }
    }
}

impl<T: Send + 'static> Future for Unstoppable<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(future) = &mut self.future else {
            // It has had its end.
            return Poll::Pending;
        };
        let polled = future.as_mut().poll(context);
        if polled.is_ready() {
            self.future = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Unstoppable<T> {
    fn drop(&mut self) {
        // After a panic it cannot go on.
        if let Some(future) = self.future.take().filter(|_| !std::thread::panicking()) {
            self.runtime.spawn(future);
        }
    }
}
