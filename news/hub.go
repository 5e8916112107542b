package news

import "time"

// What a subscriber can ask of our hub.
const (
	HubSubscribe   = "subscribe"
	HubUnsubscribe = "unsubscribe"
)

// HubSubscription is who gets one of our feeds sent by our own WebSub hub.
type HubSubscription struct {
	ID        int64
	Topic     string // absolute URL of the feed
	Callback  string // where it is sent to
	Host      string // of the callback
	Secret    string // signs what is sent; "": nothing is signed
	Expires   time.Time
	Sent      string    // hash of the feed as it was sent last: while the feed's is another one, it is owed
	Failures  int       // deliveries that failed in a row
	Failing   time.Time // when the first of them did; zero: none
	NotBefore time.Time // when the next is tried; zero: at once
}

// HubRequest is a wish that our hub has taken in and that its callback has not
// confirmed yet.
type HubRequest struct {
	ID       int64
	At       time.Time
	Mode     string // HubSubscribe or HubUnsubscribe
	Topic    string
	Callback string
	Host     string // of the callback
	Secret   string
	Lease    time.Duration // as it will be granted, in whole seconds
}
