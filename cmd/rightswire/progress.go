package main

import (
	"os"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/rightswire/rightswire/news"
)

// observer is what polls are reported to.
type observer struct {
	bar  atomic.Pointer[mpb.Bar]         // nil while none is shown
	also atomic.Pointer[func(news.Poll)] // nil while nobody listens
}

// observe advances the progress bar and tells the listener, if there are any.
func (a *app) observe(p news.Poll) {
	if f := a.polls.also.Load(); f != nil {
		(*f)(p)
	}
	if bar := a.polls.bar.Load(); bar != nil {
		bar.Increment()
	}
}

// progress shows a bar for a pass over at most total sources, when standard
// error is a terminal, and returns what takes it down again.
func (a *app) progress(verb string, total int) (stop func()) {
	file, ok := a.err.(*os.File)
	if !ok || !isTerminal(file) {
		return func() {}
	}
	p := mpb.New(mpb.WithOutput(file), mpb.WithWidth(40))
	bar := p.AddBar(int64(total),
		mpb.PrependDecorators(decor.Name(verb+" ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d"), decor.Elapsed(decor.ET_STYLE_GO, decor.WCSyncSpace)),
		mpb.BarRemoveOnComplete(),
	)
	a.polls.bar.Store(bar)
	return func() {
		a.polls.bar.Store(nil)
		bar.Abort(true)
		p.Wait()
	}
}
