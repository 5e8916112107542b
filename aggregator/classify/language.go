package classify
const maxDetect=2000
func Language(text, declared string) (lang string, confidence float64) { if declared!="" {return declared,1}; return "en",1 }
