//go:build !linux

package deliver

import (
	"errors"
	"os"
)

// What makes it cheaper elsewhere is left to os.Root here.
func (l *looker) release()                           {}
func (l *looker) mkdir(string) bool                  { return false }
func (l *looker) rename(*stage, string, string) bool { return false }

// stage is the folder where files are written before they have their place.
type stage struct{ root *os.Root }

func openStage(root *os.Root) (*stage, error) {
	dir, err := root.OpenRoot(stageName)
	return &stage{dir}, err
}

func (s *stage) close() { _ = s.root.Close() }

// write writes a new file, and says how it left it.
func (s *stage) write(name string, body []byte, flush bool) (looks, error) {
	if err := createFile(s.root, name, flush, func(f *os.File) error { _, err := f.Write(body); return err }); err != nil {
		return looks{}, err
	}
	left, there := lookIn(s.root, name)
	if !there {
		return looks{}, errors.New("it is gone: is another program at work in the folder?")
	}
	return left, nil
}
