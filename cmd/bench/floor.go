package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mmcdole/gofeed"
	_ "modernc.org/sqlite" // the driver
)

// floorSlots is how many fetches the floor has in flight where nothing else is
// said.
const floorSlots = 64

// fetched is a parsed feed on its way to the writer.
type fetched struct {
	url, etag string
	feed      *gofeed.Feed
}

// floor is the reference: floor DATABASE URLS-FILE SLOTS.
func floor(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: bench floor DATABASE URLS-FILE SLOTS")
	}
	slots, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	urls := strings.Fields(string(raw))
	db, err := sql.Open("sqlite", "file:"+args[0]+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS feed (url TEXT PRIMARY KEY, etag TEXT);
		CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, feed TEXT, guid TEXT, url TEXT, title TEXT, body TEXT, published INTEGER, UNIQUE (feed, guid));`); err != nil {
		return err
	}
	etags, err := readETags(db)
	if err != nil {
		return err
	}
	out := make(chan fetched, slots)
	go fetchAll(urls, etags, slots, out)
	return insertAll(db, out)
}

// readETags returns what the last run kept.
func readETags(db *sql.DB) (map[string]string, error) {
	rows, err := db.Query("SELECT url, etag FROM feed")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	etags := map[string]string{}
	for rows.Next() {
		var u, e string
		if err := rows.Scan(&u, &e); err != nil {
			return nil, err
		}
		etags[u] = e
	}
	return etags, rows.Err()
}

// fetchAll fetches and parses every feed, and closes out.
func fetchAll(urls []string, etags map[string]string, slots int, out chan<- fetched) {
	defer close(out)
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	work := make(chan string)
	var wg sync.WaitGroup
	for range slots {
		wg.Go(func() {
			for u := range work {
				if f, err := fetchOne(client, u, etags[u]); err != nil {
					fmt.Fprintln(os.Stderr, "floor:", err)
				} else if f.feed != nil {
					out <- f
				}
			}
		})
	}
	for _, u := range urls {
		work <- u
	}
	close(work)
	wg.Wait()
}

// fetchOne is one conditional GET; a 304 gives no feed.
func fetchOne(client *http.Client, u, etag string) (fetched, error) {
	req, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return fetched{}, err
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	res, err := client.Do(req)
	if err != nil {
		return fetched{}, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotModified {
		return fetched{}, nil
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return fetched{}, err
	}
	f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	return fetched{url: u, etag: res.Header.Get("ETag"), feed: f}, err
}

// insertAll writes everything, fifty feeds a transaction.
func insertAll(db *sql.DB, in <-chan fetched) error {
	for more := true; more; {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		item, err := tx.Prepare("INSERT OR IGNORE INTO item (feed, guid, url, title, body, published) VALUES (?, ?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		for range 50 {
			var f fetched
			if f, more = <-in; !more {
				break
			}
			for _, it := range f.feed.Items {
				var at int64
				if it.PublishedParsed != nil {
					at = it.PublishedParsed.UnixMicro()
				}
				if _, err := item.Exec(f.url, it.GUID, it.Link, it.Title, it.Description+it.Content, at); err != nil {
					return err
				}
			}
			if _, err := tx.Exec("INSERT INTO feed (url, etag) VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET etag = excluded.etag", f.url, f.etag); err != nil {
				return err
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}
