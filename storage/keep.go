package storage

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/rightswire/rightswire/news"
)

// What a process remembers of the archive can be kept for the next one: a
// file of its own beside the database. It is not in the database, because it
// is larger than what it spares in a day of backups and copies, can be made
// anew at any time, and is read into memory as it stands. The database has a word that the file must begin with: so a file is
// never taken for that of an older state, as after a restore, or for that of
// another database.

// kept is one of the things that are kept: what its file ends in, and the
// setting that holds the word.
type kept struct{ ext, word string }

var (
	keptWindow = kept{".window", "kept"}
	keptSite   = kept{".site", "kept site"}
)

// keptHead is how long the head of such a file is: a mark, the word, the length
// of what follows, and its xxhash64.
const keptHead = 32

var keptMark = [8]byte{'r', 'w', 'k', 'e', 'p', 't', '0', '1'}

// keptPath is where the file is; "" where there is no place for it.
func (s *Store) keptPath(k kept) string {
	switch {
	case s.dialect.file:
		return s.path + k.ext
	case s.opt.Cache == "":
		return ""
	}
	name := sha256.Sum256([]byte(s.path))
	return filepath.Join(s.opt.Cache, hex.EncodeToString(name[:8])+k.ext)
}

// Keep replaces what is kept of grouping's window by what write writes. It need
// not outlive a failure of the machine: [Store.Kept] returns nothing then.
func (s *Store) Keep(ctx context.Context, write func(io.Writer) error) error {
	return s.keep(ctx, keptWindow, write)
}

// KeepSite is [Store.Keep] for what is kept of the site that was published last.
func (s *Store) KeepSite(ctx context.Context, write func(io.Writer) error) error {
	return s.keep(ctx, keptSite, write)
}

func (s *Store) keep(ctx context.Context, k kept, write func(io.Writer) error) error {
	path := s.keptPath(k)
	if path == "" {
		return nil
	}
	what := "keep what is remembered in " + path
	if err := s.makeCache(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	var word [8]byte
	rand.Read(word[:])
	part, err := writeKept(path, word, write)
	if err == nil {
		// The word first: with the old file it is no match, and that is what the
		// file is then.
		err = s.SetSetting(ctx, k.word, hex.EncodeToString(word[:]))
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		if part != "" {
			os.Remove(part)
		}
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// makeCache makes the folder of such files, unless it is the archive's.
func (s *Store) makeCache() error {
	if s.dialect.file {
		return nil
	}
	return os.MkdirAll(s.opt.Cache, 0o700)
}

// writeKept writes such a file beside the one at path, under a name that nobody
// can have laid a link at, and says which; "": there is none.
func writeKept(path string, word [8]byte, write func(io.Writer) error) (part string, err error) {
	dir, name := filepath.Dir(path), filepath.Base(path)+".part"
	// One process at a time writes, as one at a time polls: what is there was
	// left by one that was killed.
	left, _ := os.ReadDir(dir)
	for _, e := range left {
		if strings.HasPrefix(e.Name(), name) {
			os.Remove(filepath.Join(dir, e.Name())) // if it stays, it is in nobody's way
		}
	}
	f, err := os.CreateTemp(dir, name+"*")
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(fillKept(f, word, write), f.Close())
}

// fillKept writes what is in such a file.
func fillKept(f *os.File, word [8]byte, write func(io.Writer) error) error {
	if _, err := f.Write(make([]byte, keptHead)); err != nil {
		return err
	}
	sum, size := xxhash.New(), counter(0)
	out := bufio.NewWriterSize(f, 256<<10)
	if err := errors.Join(write(io.MultiWriter(out, sum, &size)), out.Flush()); err != nil {
		return err
	}
	head := append(keptMark[:], word[:]...)
	head = binary.LittleEndian.AppendUint64(head, uint64(size))
	head = binary.LittleEndian.AppendUint64(head, sum.Sum64())
	_, err := f.WriteAt(head, 0)
	return err
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// Kept returns what [Store.Keep] last wrote, and how to let go of it; nil if
// there is none, or none that belongs to this state of the archive. It stays as
// it is until release is called, whatever is kept meanwhile.
func (s *Store) Kept(ctx context.Context) (data *io.SectionReader, release func(), err error) {
	file, release, err := s.openKept(ctx, keptWindow)
	if file == nil {
		return nil, release, err
	}
	return io.NewSectionReader(file, keptHead, file.Size()-keptHead), release, nil
}

// KeptSite returns what [Store.KeepSite] wrote, as [Store.Kept] does, in memory.
// It may be written to, which nobody else sees. It begins at a multiple of eight
// bytes.
func (s *Store) KeptSite(ctx context.Context) (data []byte, release func(), err error) {
	file, free, err := s.openKept(ctx, keptSite)
	if file == nil {
		return nil, free, err
	}
	defer free()
	data, release, err = inMemory(file)
	if err != nil {
		return nil, func() {}, fmt.Errorf("read what was remembered: %w", err)
	}
	return data[keptHead:], release, nil
}

// openKept opens such a file; nil if there is none, or none that belongs to this
// state of the archive.
func (s *Store) openKept(ctx context.Context, k kept) (file *io.SectionReader, release func(), err error) {
	release = func() {}
	path := s.keptPath(k)
	if path == "" {
		return nil, release, nil
	}
	word, err := s.Setting(ctx, k.word)
	if err != nil || word == "" {
		return nil, release, err
	}
	file, free, err := openSteady(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, release, nil
	}
	whole := false
	if err == nil {
		if whole, err = wholeKept(file, word); !whole {
			free()
		}
	}
	switch {
	case err != nil:
		return nil, release, fmt.Errorf("read what was remembered in %s: %w", path, err)
	case !whole:
		return nil, release, nil
	}
	return file, free, nil
}

// wholeKept reports whether such a file has the word, and is as it was written.
func wholeKept(file *io.SectionReader, word string) (bool, error) {
	head := make([]byte, keptHead)
	if _, err := file.ReadAt(head, 0); err == io.EOF {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if !bytes.Equal(head[:8], keptMark[:]) || hex.EncodeToString(head[8:16]) != word ||
		binary.LittleEndian.Uint64(head[16:]) != uint64(file.Size()-keptHead) {
		return false, nil
	}
	sum := xxhash.New()
	_, err := io.CopyBuffer(sum, io.NewSectionReader(file, keptHead, file.Size()), make([]byte, 64<<10))
	return err == nil && binary.LittleEndian.Uint64(head[24:]) == sum.Sum64(), err
}

// Scratch returns a new, empty file for what need not be in memory, on the disk
// that the archive is on: it has no name, and is gone when it is closed, or the
// process ends. nil, without an error, where there is no place for one.
func (s *Store) Scratch() (*os.File, error) {
	path := s.keptPath(keptWindow)
	if path == "" {
		return nil, nil
	}
	if err := s.makeCache(); err != nil {
		return nil, fmt.Errorf("make a scratch file: %w", err)
	}
	// What a process that is killed just now leaves is swept up as an unfinished
	// file of what is kept.
	f, err := nameless(filepath.Dir(path), filepath.Base(path)+".part*")
	if err != nil {
		return nil, fmt.Errorf("make a scratch file: %w", err)
	}
	return f, nil
}

// GroupedAfter gives page the grouped items whose ids are above one, as
// [Store.GroupWindow] does.
func (s *Store) GroupedAfter(ctx context.Context, id int64, page func([]news.Item) error) error {
	const what = "read items that were grouped lately"
	var ids []int64
	err := each(ctx, s.read, func(rows *rows) error {
		ids = append(ids, 0)
		return rows.Scan(&ids[len(ids)-1])
	}, `SELECT id FROM item WHERE id > $1 AND story_id IS NOT NULL ORDER BY id`, id)
	if err != nil {
		return s.wrap(what, err)
	}
	return s.groupPages(ctx, what, ids, page)
}
