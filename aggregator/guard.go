package aggregator

import (
	"fmt"
	"runtime/debug"
)

// brokenReader is what is left of a step that panicked over a document.
type brokenReader struct {
	cause any
	stack []byte
}

// Error says what the ledger says.
func (b *brokenReader) Error() string {
	return fmt.Sprintf("our reader broke on the document: %v", b.cause)
}

// guarded runs a step that looks at foreign bytes: code of several hands does,
// and a document that some of it breaks on is one failed poll, not the end of
// the process. Nothing else belongs in a step: a panic of ours that has
// nothing to do with the document must be seen.
func guarded[T any](step func() (T, error)) (out T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &brokenReader{cause, debug.Stack()}
		}
	}()
	return step()
}
