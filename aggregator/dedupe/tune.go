package dedupe

// TEMP
var tune = struct {
	Title, Lead   float32
	Body          int
	Copy, CopyNum float64
	Join, JoinT   float64
	MinShared     int
	Decay         float64
	IdfPrior      float64
	Cap           int
}{3, 2, 300, 0.6, 0.8, 0.25, 0.25, 2, 0.3, 50, 100}

func Tune(f func(map[string]any)) {
	f(map[string]any{"Title": &tune.Title, "Lead": &tune.Lead, "Body": &tune.Body, "Copy": &tune.Copy, "CopyNum": &tune.CopyNum, "Join": &tune.Join, "JoinT": &tune.JoinT, "MinShared": &tune.MinShared, "Decay": &tune.Decay, "IdfPrior": &tune.IdfPrior, "Cap": &tune.Cap})
}
