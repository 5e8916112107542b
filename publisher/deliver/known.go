package deliver

import "encoding/hex"

// last returns what the manifest says of a file.
func (d *delivery) last(p *payload) (record, bool) {
	if p.old < 0 {
		return record{}, false
	}
	return d.old.record(int(p.old)), true
}

// look asks the place for a file of the plan.
func (d *delivery) look(p *payload) {
	if !p.staged {
		p.now, p.there = d.place.look(p.name())
	}
}

// headers are what the place keeps about a file.
func (d *delivery) headers(p *payload) headers { return d.place.headers(p.source(), p.form) }

// known reports whether the manifest says that a file is what it has to be. It
// is believed only as long as the file is as it was left.
func (d *delivery) known(p *payload, r record) bool {
	return d.trusted(p, r) && r.Hash == p.source().ETag
}

// trusted reports whether a file is as it was left, for the same readers.
func (d *delivery) trusted(p *payload, r record) bool {
	return p.there && r.headers == d.headers(p) && r.Sum != "" && r.looks == p.now
}

// same reports whether a file in the place is what it has to be: the manifest
// says so, or the bytes do.
func (d *delivery) same(p *payload) bool {
	if p.known {
		return true
	}
	r, _ := d.last(p)
	if p.of != nil {
		// To compress again in order to compare costs more than all the
		// rest: what was made of bytes that are still the same is good.
		of, _ := d.last(p.of)
		return d.trusted(p, r) && of.Sum != "" && d.same(p.of)
	}
	if !p.there || r.headers != d.headers(p) {
		return false
	}
	// The hash of a page that is made on request says what it is made of, and
	// that can change without a change of the bytes.
	want, err := p.body()
	return err == nil && d.holds(p, want)
}

// holds reports whether a file in the place has these bytes, and notes their
// sum if it has.
func (d *delivery) holds(p *payload, want []byte) bool {
	if !p.there || int64(len(want)) != p.now.Size {
		return false
	}
	r, _ := d.last(p)
	if r.headers != d.headers(p) {
		return false
	}
	sum := sumOf(want)
	if !(d.trusted(p, r) && r.is(sum)) && !d.place.equal(p.name(), want) {
		return false
	}
	p.sum, p.summed = sum, true
	return true
}

// made returns the bytes of a file, which may lie on the sheet; nil if the place
// has them already.
func (d *delivery) made(p *payload, on *sheet) ([]byte, error) {
	body, err := p.take(on)
	if err != nil {
		return nil, err
	}
	if p.of == nil {
		if d.holds(p, body) {
			return nil, nil
		}
		return body, nil
	}
	// As in same.
	r, _ := d.last(p)
	if of, _ := d.last(p.of); d.trusted(p, r) && of.Sum != "" && of.Size == int64(len(body)) && of.is(sumOf(body)) {
		return nil, nil
	}
	return p.form.squeeze(body)
}

// record describes a file as it is in the place; last is how it was left
// before.
func (d *delivery) record(p *payload, last record) record {
	if !p.there {
		return record{} // compared byte for byte next time
	}
	f := p.source()
	r := record{Hash: f.ETag, looks: p.now, Revision: f.Revision, headers: d.place.headers(f, p.form)}
	switch {
	case p.summed:
		r.Sum = hex.EncodeToString(p.sum[:])
	case last.looks == p.now:
		r.Sum = last.Sum
	}
	return r
}
