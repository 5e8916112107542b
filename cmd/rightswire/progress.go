package main

import (
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/rightswire/rightswire/news"
)

// observer is what polls are reported to.
type observer struct {
	bar  atomic.Pointer[mpb.Bar]         // nil while none is shown
	also atomic.Pointer[func(news.Poll)] // nil while nobody listens

	count atomic.Pointer[metrics] // nil: not counted
}

// observe advances the progress bar and tells the listener, if there are any.
func (a *app) observe(p news.Poll) {
	if f := a.polls.also.Load(); f != nil {
		(*f)(p)
	}
	if m := a.polls.count.Load(); m != nil {
		m.polled(p)
	}
	if bar := a.polls.bar.Load(); bar != nil {
		bar.Increment()
	}
}

// advanceTo moves the bar of a step that knows how far it is, if one is shown.
func (a *app) advanceTo(done, total int) {
	if bar := a.polls.bar.Load(); bar != nil {
		bar.SetTotal(int64(total), false)
		bar.SetCurrent(int64(done))
	}
}

// console is standard error as the log writes to it. While a bar is shown its
// lines go above the bar, which redraws itself all the time and would
// otherwise be drawn over them.
type console struct {
	mu    sync.Mutex
	plain io.Writer
	bars  *mpb.Progress // nil while none is shown
}

// Write writes whole lines of the log.
func (c *console) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bars != nil {
		return c.bars.Write(line)
	}
	return c.plain.Write(line)
}

// progress shows a bar for a pass over at most total sources, when standard
// error is a terminal, and returns what takes it down again.
func (a *app) progress(verb string, total int) (stop func()) {
	file, ok := a.err.(*os.File)
	if !ok || !isTerminal(file) {
		return func() {}
	}
	p := mpb.New(mpb.WithOutput(file), mpb.WithWidth(40))
	// A bar with a total from the start ends by itself when it is full, and
	// lines that are logged after that would be lost with it.
	bar := p.AddBar(0,
		mpb.PrependDecorators(decor.Name(verb+" ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d"), decor.Elapsed(decor.ET_STYLE_GO, decor.WCSyncSpace)),
	)
	bar.SetTotal(int64(total), false)
	a.console.mu.Lock()
	defer a.console.mu.Unlock()
	a.console.bars = p
	a.polls.bar.Store(bar)
	return func() {
		a.polls.bar.Store(nil)
		a.console.mu.Lock()
		defer a.console.mu.Unlock()
		bar.Abort(true)
		p.Wait() // and with it for the lines that are not on the screen yet
		a.console.bars = nil
	}
}
