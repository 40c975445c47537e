import 'moonstep/element'
