package aggregator

// settlers are a few goroutines that settle what many others have asked for. Those
// mostly wait, and there is one for each request in flight: with a document read on
// it, or just the next poll computed, each would keep a stack of 32 KiB, which has
// grown to that by being copied twice. So they stay at 8.
type settlers chan func()

// newSettlers starts n of them. They end when the channel is closed.
func newSettlers(n int) settlers {
	s := make(settlers)
	for range n {
		go func() {
			for call := range s {
				call()
			}
		}()
	}
	return s
}

// do calls f on one of them, once one is free; here, if there are none.
func (s settlers) do(f func()) {
	if s == nil {
		f()
		return
	}
	done := make(chan struct{})
	s <- func() { defer close(done); f() }
	<-done
}
