package news

import "time"

// Subscription is what is known of one source's place at a WebSub hub (P46).
type Subscription struct {
	Source  string
	Hub     string
	Topic   string
	Token   string    // last segment of the callback's path; nobody else can guess it
	Secret  string    // shared with the hub; messages are signed with it
	Asked   time.Time // last request to the hub; zero: never
	Expires time.Time // end of the lease; zero: not confirmed
	Denied  time.Time // when the hub said no; zero: it did not
}

// Active reports whether a hub has confirmed that it sends us the topic. A
// source with an active subscription is polled at the slowest rate only.
func (s Subscription) Active(now time.Time) bool { return s.Expires.After(now) }
