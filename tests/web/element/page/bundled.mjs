import 'moonstep/element'
import 'moonstep/web/onnxruntime'
