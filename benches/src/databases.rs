//! Databases of their own on the bench's server, for the peers: empty when they are made, and dropped after the bench.

use tokio_postgres::Client;

use crate::by_hand::postgres::connect;
use crate::by_hand::sqlite::Failure;

/// What has been made, to be dropped again.
pub struct Databases {
    client: Client,
    url: String,
    made: Vec<String>,
}

impl Databases {
    /// On the server of this URL.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached.
    pub async fn on(url: &str) -> Result<Self, Failure> {
        Ok(Self {
            client: connect(url).await?,
            url: url.to_owned(),
            made: Vec::new(),
        })
    }

    /// Makes one, and drops what a bench that was interrupted has left; its URL.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn make(&mut self, name: &str) -> Result<String, Failure> {
        let name = format!("peer_{}", name.replace('-', "_"));
        self.drop(&name).await?;
        self.client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await?;
        let url = in_place_of_its_database(&self.url, &name);
        self.made.push(name);
        Ok(url)
    }

    /// Drops all of them.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn drop_all(self) -> Result<(), Failure> {
        for name in &self.made {
            self.drop(name).await?;
        }
        Ok(())
    }

    async fn drop(&self, name: &str) -> Result<(), Failure> {
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        Ok(self.client.batch_execute(&drop).await?)
    }
}

fn in_place_of_its_database(url: &str, name: &str) -> String {
    let (place, settings) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = place.split_once("://").unwrap_or(("postgres", place));
    let server = rest.split('/').next().unwrap_or(rest);
    format!("{scheme}://{server}/{name}?{settings}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_url_stays() {
        for (url, expected) in [
            ("postgres://a:b@c:5/d?e=f", "postgres://a:b@c:5/new?e=f"),
            ("postgres://c", "postgres://c/new?"),
        ] {
            assert_eq!(in_place_of_its_database(url, "new"), expected);
        }
    }
}
