package admin

import "net/http"

// digestPage shows what the mail to the desk would say of the last seven days.
func (d *Desk) digestPage(w http.ResponseWriter, v *visit) error {
	page, err := d.opt.Health.Digest(v.Context())
	if err != nil {
		return err
	}
	return d.page(w, v, "digest.html", "The week", page)
}
