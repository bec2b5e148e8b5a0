//! Serves the stock: `cargo run -p eventsource-web -- 127.0.0.1:8080 sqlite:stock.db`, or from any other store by its URL.

#![forbid(unsafe_code)]

use eventsource_core::prelude::*;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".into());
    let url = arguments.next().unwrap_or_else(|| "sqlite:stock.db".into());

    let stock = App::start(eventsource_stores::open(&url).await?).await?;
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/items", listener.local_addr()?);

    let router = eventsource_web::router(stock.clone());
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            // Where signals cannot be listened to, it serves until it is killed.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            // Ends the live streams too, on which the server would wait.
            if let Err(error) = stock.shutdown().await {
                eprintln!("{error}");
            }
        })
        .await?;
    Ok(())
}
