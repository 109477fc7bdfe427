# ruff: noqa: E501  (one line is one meaning)
"""Words of communes that mean the same, and words that say nothing about the matter. Pure.

One line is one meaning; the ways to say it stand between `=`. A commune adds its own lines on a page of the office.
Several syllables are recognised with and without marks, a single syllable only as it is written here: without marks it
may be another word. An abbreviation in capitals is recognised in any case.
"""

from dialogues.text import fold

MEANINGS = """
sổ đỏ = bìa đỏ = GCN = GCNQSDĐ = GCNQSD = GCNQSDD = QSDĐ = giấy chứng nhận = giấy chứng nhận quyền sử dụng đất = giấy chứng nhận quyền sử dụng = sổ hồng = bìa hồng = thẻ đỏ = trích lục đỏ = làm sổ = cấp sổ = làm bìa = cấp bìa = ra sổ = ra bìa = mất sổ = quyền sử dụng đất
tổ dân phố = TDP = khu phố = KP = tổ dân cư
ủy ban nhân dân = UBND = ủy ban = chính quyền = lãnh đạo xã = xã nhà
hội đồng nhân dân = HĐND
mặt trận tổ quốc = MTTQ = mặt trận
trung tâm hành chính công = TTHCC = một cửa = bộ phận một cửa
thủ tục hành chính = TTHC = thủ tục = trình tự = hồ sơ = quy trình = các bước = những bước
giấy tờ = giấy má = các loại giấy
nhà văn hóa = NVH = nhà sinh hoạt cộng đồng = nhà họp thôn = hội trường thôn = nhà cộng đồng
giải phóng mặt bằng = GPMB = giải tỏa = thu hồi đất = lấy đất = mất đất = thu đất = cắt đất = bị thu hồi
bồi thường = đền bù = bồi hoàn = đền = tiền đền
tái định cư = TĐC = nơi ở mới = đất ở mới = chỗ ở mới
di dời = di chuyển = chuyển đi = dời = dời đi = chuyển chỗ = dọn đi = đưa đi
bảo hiểm y tế = BHYT = thẻ khám bệnh = thẻ bảo hiểm = thẻ khám chữa bệnh
bảo hiểm xã hội = BHXH
bảo hiểm tự nguyện = BHXH tự nguyện = BHXHTN
trạm y tế = trạm xá = TYT = y tế xã
y sĩ = bác sĩ = BS = nhân viên y tế = y tá = điều dưỡng = cán bộ y tế
mầm non = mẫu giáo = MN = lớp trẻ = nhà trẻ = trường trẻ em = lớp trẻ em = nhà giữ trẻ = mần non
tiểu học = TH = cấp 1 = cấp một
trung học cơ sở = THCS = cấp 2 = cấp hai
trung học phổ thông = THPT = cấp 3 = cấp ba
học sinh = HS = các cháu = các em = trẻ = cháu nhỏ = trẻ em = trẻ con = con em
giáo viên = GV = thầy cô = cô giáo = thầy giáo
người cao tuổi = NCT = người già = cụ già = các cụ = cao tuổi = ông bà già = tuổi cao = già yếu
người khuyết tật = NKT = tàn tật = khuyết tật
hộ nghèo = cận nghèo = nhà nghèo = hộ khó khăn = gia đình nghèo
hộ = nhà = gia đình = hộ dân = hộ gia đình
thương binh = TB = thương bệnh binh = bệnh binh
liệt sĩ = LS = hy sinh = liệt sỹ
người có công = NCC = gia đình chính sách
thanh niên xung phong = TNXP
cựu chiến binh = CCB = bộ đội cũ
chất độc da cam = da cam = dioxin = chất độc hóa học
trợ cấp = chế độ = phụ cấp = tiền hỗ trợ = được hưởng = tiền chế độ
hỗ trợ = giúp đỡ = trợ giúp = đỡ cho = cấp cho = HT = nhà nước cho
miễn phí = không mất tiền = miễn tiền = không phải trả tiền = không thu tiền = cho không
mai táng phí = mai táng = tiền tuất = tang phí = tiền chôn cất
nghĩa trang = nghĩa địa = bãi tha ma = nơi chôn cất = khu mộ
mồ mả = mộ = ngôi mộ = phần mộ = mả
chôn cất = chôn = an táng = mai táng = đưa tang = đám ma = khiêng quan tài = đám tang
hết chỗ = kín chỗ = chật kín = đầy rồi = kín rồi = không còn chỗ
nhà tạm = nhà dột = nhà dột nát = nhà tranh = nhà xuống cấp = làm lại nhà
đường bê tông = bê tông hóa = đổ bê tông = cứng hóa = làm bê tông = BTH = rải bê tông = bê tông
đường đất = chưa cứng hóa = lầy lội = bùn lầy = lầy = bùn đất = trơn trượt = lội bùn = trơn = trượt
hỏng = hư = hư hỏng = bị hỏng = nát = phá nát = xuống cấp = mục = mục nát = gãy = vỡ = hỏng nặng = ổ gà = bong tróc = bong = lún = đắp chiếu = phá hỏng = làm hỏng
nứt = rạn = nứt nẻ = rạn nứt = nứt gãy = nứt toác = rung nứt
nghiêng = ngả = xiêu = đổ nghiêng = sắp đổ
sửa chữa = sửa = tu sửa = khắc phục = khôi phục = tu bổ = làm lại = sửa lại = duy tu = cải tạo = trùng tu = nâng cấp
thay = thay thế = thay mới = đổi mới
quá tải = chở nặng = xe nặng = tải trọng = xe to = xe tải = xe ben = xe công = container = công ten nơ = xe hạng nặng
hạn chế = cấm = chặn = chặn lại = cấm đường = ngăn = ngăn lại = ngăn chặn = barie
ô tô = xe hơi = xe con = oto = xe bốn bánh
xe máy = mô tô = honda
hẹp = bé = nhỏ = chật = bé tí = chật hẹp = nhỏ hẹp
tránh nhau = tránh xe = chỗ tránh = điểm tránh = ngược chiều
vỉa hè = lề đường = hè = hè phố = hè đường = lòng lề đường
lấn chiếm = chiếm = lấn = bày ra = bày hết ra = lấn ra = bao chiếm = chiếm dụng
bán hàng = hàng quán = buôn bán = kinh doanh = bán buôn = cửa hàng = mở quán = quán xá
nhà hàng = quán ăn = quán nhậu = hàng ăn = lều quán = quán
dẹp = giải tỏa hàng quán = dọn dẹp vỉa hè = lập lại trật tự
biển báo = biển cảnh báo = bảng báo = biển hiệu lệnh = cắm biển = đặt biển = biển
đèn tín hiệu = đèn xanh đèn đỏ = đèn giao thông = đèn đỏ = đèn tín hiệu giao thông
ngã tư = ngã 4 = N4
ngã ba = ngã 3 = N3 đường
gờ giảm tốc = gồ giảm tốc = giảm tốc = gờ giảm
gương cầu lồi = gương cầu = gương lồi
che khuất = khuất = che hết = tầm nhìn = tầm mắt = che tầm nhìn = khuất tầm nhìn
phát quang = phát dọn = chặt tỉa = cắt tỉa = tỉa cành = dọn cây
cây bụi = cây rậm = cỏ dại = bụi rậm = cây cỏ
an toàn giao thông = ATGT = mất an toàn = tai nạn = nguy hiểm = mất ATGT
đường liên thôn = đường liên xóm = đường nối = tuyến đường = tuyến = đường làng = đường thôn = lối
đường trục = trục thôn = trục chính = đường chính
vuốt nối = lối lên = lối thoai thoải = dốc nối = vuốt
lan can = thành cầu = tay vịn
cầu = cây cầu = chiếc cầu
đò = bến đò = thuyền = phà
đèn đường = điện đường = đèn chiếu sáng = chiếu sáng = đèn ngoài đường = bóng đèn = đèn cao áp = bóng đèn đường = điện chiếu sáng = đèn
năng lượng mặt trời = NLMT = đèn năng lượng = điện mặt trời = năng lượng
cháy bóng = không sáng = tắt = tối om = tối = tối quá = không có đèn = ít đèn = chưa có đèn
điện yếu = yếu điện = chập chờn = điện phập phù = không cắm nổi = không nấu nổi = lúc tỏ lúc mờ = điện áp thấp = tụt áp
mất điện = cắt điện = cúp điện = ngắt điện = điện mất = cúp điện đột ngột
điện lưới = đường điện = điện quốc gia = lưới điện = kéo điện = điện chính thức
trạm biến áp = biến thế = TBA = cục biến thế = máy biến áp = trạm điện = bình biến áp
cột điện = trụ điện = cọc điện = cột điện lực = trụ
điện lực = ngành điện = EVN = chi nhánh điện
công tơ = đồng hồ điện = công tơ điện
dây điện = dây cáp = cáp viễn thông = dây mạng = cáp mạng = cáp quang = dây cáp quang
chùng = võng = sà = chùng thấp = chùng xuống = sà xuống = võng xuống = thấp
áp tô mát = aptomat = át tô mát = cầu dao = aptômát = ap to mat
nước sạch = nước máy = nước sinh hoạt = nước ăn = nước ăn uống = nước dùng
giếng khoan = giếng = nước giếng = giếng đào
nhiễm phèn = nhiễm sắt = phèn = phèn sắt = nhiễm vôi = nhiễm mặn = toàn phèn
ống nước = đường ống = ống dẫn = đường dẫn = đường ống nước = ống dẫn nước
mất nước = cắt nước = cúp nước = không có nước = cạn = cạn khô = hết nước = khô = không chảy
nước yếu = áp lực nước = chảy yếu = lí nhí = chảy nhỏ giọt = chảy lí nhí = không lên nổi
tầng 2 = tầng hai = lầu 1 = tầng trên
bể nước = bể chứa = téc nước = bồn chứa = bể chung = bể tập trung
đồng hồ nước = công tơ nước = đọc đồng hồ = ghi nước = ghi số nước = xem đồng hồ
hóa đơn = biên lai = phiếu thu = giấy báo tiền
kênh = mương = kênh mương = rãnh = máng
cống = ống cống = cống thoát = ống thoát = cống ngầm = cống kín = hố ga = cống rãnh
thoát nước = tiêu nước = tiêu thoát = khơi thông = khơi = thông tắc
nạo vét = vét = vét bùn = nạo = dọn lòng = bồi lắng = bị bồi = bồi = đầy bùn
bèo tây = bèo = vớt bèo = lục bình
ngập = úng = ngập úng = ngập lụt = lụt = đọng = ứ = ứ lại = đọng lại = bì bõm = lội = tràn = tràn vào = nước lên
mưa = trời mưa = mưa rào = nước mưa = mưa to = khi mưa
kè = bờ kè = xây kè = làm kè
sạt lở = sạt = lở = sụt = sụt lún = sụt lở = bị sạt
khẩn cấp = gấp = ngay = khẩn trương = cấp bách
đập = bờ đập = vai đập = hồ đập
rò nước = rò = rò rỉ = thấm = thấm nước = rỉ nước = rỉ ra
trạm bơm = máy bơm = bơm tiêu = bơm tưới
không đủ công suất = thiếu công suất = chạy một phần = chạy không đủ = yếu công suất
thủy lợi phí = tiền nước tưới = phí thủy lợi = tiền thủy nông = thủy nông phí = dịch vụ nội đồng
hợp tác xã = HTX
tưới = tưới tiêu = lấy nước vào ruộng = nước về ruộng = tưới ruộng = nước tưới
ruộng = đồng ruộng = cánh đồng = đồng = ruộng đồng
rác = rác thải = rác rưởi = phế thải
bãi rác = điểm tập kết rác = chỗ đổ rác = nơi đổ rác = điểm rác = tập kết rác
thu gom = gom rác = lấy rác = xe rác = xe gom rác = gom
phân loại = chia riêng = tách riêng = để riêng
đổ chung = trút lẫn = đổ lẫn = gộp chung = dồn chung = trộn lẫn
lò đốt rác = lò rác = lò đốt
mùi hôi = hôi = hôi thối = thối = tanh = mùi = nồng nặc = tanh thối = mùi thối = bốc mùi = xú uế = hôi hám = ruồi nhặng
nước thải = xả thải = xả nước = thải ra = nước bẩn = xả = xả phân = xả ra = nước đen
ô nhiễm = bẩn = đen sì = đen ngòm = nhiễm bẩn = độc = đổi màu
khói = khói bụi = xả khói = khói đen = phả khói = khói mù = ngạt thở = khét
bụi = bụi bặm = bụi mù
ồn = tiếng ồn = ồn ào = inh ỏi = ầm ĩ
đốt rơm rạ = đốt rạ = đốt rơm = rơm rạ = đốt đồng = rạ
chăn nuôi = nuôi lợn = trại lợn = chuồng lợn = trại heo = nuôi heo = chuồng trại = trang trại
trại vịt = nuôi vịt = đàn vịt
lợn = heo
chó thả rông = thả chó = chó chạy rông = chạy rông = thả rông = rọ mõm
thuốc trừ sâu = thuốc bảo vệ thực vật = BVTV = thuốc trừ cỏ = thuốc sâu = thuốc cỏ = phun thuốc = diệt cỏ
ngộ độc = nhiễm độc = uống phải độc = trúng độc = phải độc
cá chết = chết nổi = chết hàng loạt = chết trắng
xưởng = cơ sở = nhà xưởng = cơ sở sản xuất = lò nấu = cơ sở nấu
công ty = CTY = cty = doanh nghiệp = DN = nhà máy = hãng
nổ mìn = bắn mìn = đánh mìn = nổ đá
mỏ đá = mỏ = khai thác đá = công ty đá
đá văng = đá bay = cục đá = văng đá
khám sức khỏe = khám bệnh = khám = kiểm tra sức khỏe
hàng xóm = láng giềng = nhà bên
đình = đình làng = sân đình = di tích = ngôi đình
chùa = nhà chùa = ngôi chùa
lễ hội = hội làng = hội = ngày hội
đấu giá = bán đấu giá = ĐG
giãn dân = đất giãn dân = giao đất = cấp đất
chuyển mục đích = chuyển đổi mục đích = lên đất ở = lên thổ cư = sang thổ cư = chuyển sang đất ở = CMĐ = CMĐSD = chuyển thổ cư
đất ở = thổ cư = đất thổ cư
đất vườn = vườn = vườn tạp
bảng giá đất = giá đất = giá mới = khung giá đất
tiền sử dụng đất = thuế đất = tiền đất
tách thửa = tách sổ = chia thửa = tách đất = chia đất
sang tên = đứng tên = chuyển tên = đổi tên = tên sổ = mang tên
thừa kế = di chúc = để lại = chia thừa kế
viết tay = giấy tay = mua bán tay = giấy viết tay = giấy mua bán
tranh chấp = kiện nhau = cãi nhau = to tiếng = mâu thuẫn
hòa giải = phân xử = dàn xếp
mốc = cột mốc = cắm mốc = mốc giới = mốc ranh = chỉ lại mốc = ranh giới = giáp ranh
đo đạc = đo lại = trích đo = đo = cắm đất
quy hoạch = QH = quy hoạch treo = dự án treo = treo
san lấp = lấp ao = đổ đất = lấp = san nền
phân lô = chia lô = bán nền = phân lô bán nền
bỏ hoang = bỏ không = hoang hóa = để không = không dùng
sân thể thao = sân bóng = sân chơi = bãi bóng = sân vận động
rừng = đồi rừng = lâm nghiệp = cây rừng
kiểm lâm = bảo vệ rừng
chặt phá rừng = chặt rừng = phá rừng = chặt cây = đốn cây
người ngoài = người lạ = kẻ lạ = người nơi khác
đầu nguồn = nguồn nước = khe nước = mó nước
căn cước = CCCD = CMND = căn cước công dân = thẻ căn cước = chứng minh thư
khai sinh = KS = giấy khai sinh = giấy KS
hộ khẩu = HK = sổ hộ khẩu
tạm trú = tạm vắng = đăng ký tạm trú
chứng thực = công chứng = sao y
đăng ký kinh doanh = ĐKKD = giấy phép kinh doanh = mở cửa hàng = hộ kinh doanh
trên mạng = online = trực tuyến = qua mạng = nộp trực tuyến = dịch vụ công = internet
không trả lời = im re = im lặng = không thấy trả lời = chưa trả lời = không hồi âm = bặt tin
nằm liệt = nằm một chỗ = liệt giường = liệt = không đi lại được = tận giường
tại nhà = đến nhà = tận nhà = lưu động
đổi giấy tờ = đổi giấy = cấp đổi = đổi lại = bắt buộc đổi = phải đổi
mất tiền = lệ phí = phí = tốn tiền = tiền phí = nộp tiền
thu tiền = thu = nộp = đóng góp = góp = đóng = phải nộp = phải đóng
công khai = niêm yết = dán = thông báo cho dân = minh bạch = dán lên bảng tin = cho dân biết = dân hay
quyết toán = chi tiêu = chi hết = thu chi = chi bao nhiêu
thông báo = báo trước = loan báo = báo = TB cho dân = nhắn tin
lừa đảo = lừa = giả danh = mạo danh = lừa gạt
số điện thoại = số máy = SĐT = sđt = đường dây nóng = điện thoại liên hệ
cán bộ = CB = công chức = nhân viên = lãnh đạo = chủ tịch
thái độ = đúng mực = hách dịch = cáu gắt = quát = nạt = nhũng nhiễu
trực = tiếp dân = túc trực = ngồi trực = nhận giấy tờ = cử cán bộ
trụ sở = cơ quan xã = nhà ủy ban = văn phòng xã = UB
loa = loa truyền thanh = đài truyền thanh = loa phát thanh = loa công cộng = đài xã = truyền thanh = loa phường
không kêu = tắt tiếng = mất tiếng = im tiếng = câm = không nghe được = rè
sóng điện thoại = sóng di động = sóng = bắt sóng = thu phát sóng = không có sóng = trạm phát sóng = cột sóng = BTS
wifi = mạng internet = mạng = 4G = rớt mạng
nhóm zalo = zalo = fanpage = facebook
karaoke = loa kẹo kéo = hát hò = loa thùng = hát karaoke
đánh bạc = cờ bạc = sát phạt = xóc đĩa = lô đề = cá độ
đá gà = chọi gà = gà chọi
trộm cắp = trộm = mất trộm = kẻ gian = lấy cắp = trộm chó = bị trộm
ma túy = nghiện = nghiện hút = con nghiện = tiêm chích
đua xe = nẹt pô = rú ga = lạng lách
pháo = đốt pháo = pháo nổ = thuốc pháo = pháo tự chế
trẻ chơi = nghịch = trẻ nghịch
tuần tra = canh gác = đi tuần = tuần
công an = CA = CAX = công an xã
camera = máy quay an ninh = camera an ninh = cam
xử phạt = phạt = xử lý = triệt phá = đình chỉ = phạt nghiêm = xử nghiêm = dẹp bỏ
kiểm tra = xem xét = thanh tra = KT = xem lại = xem giúp = về xem = rà soát = kiểm định = vào xem
phòng cháy chữa cháy = PCCC = chữa cháy = cứu hỏa = lối thoát hiểm
dạy nghề = đào tạo nghề = học nghề = ĐTN = lớp nghề
việc làm = giới thiệu việc làm = công ăn việc làm = lao động
vay vốn = vốn vay = vay = cho vay = vay ngân hàng = NHCS = ngân hàng chính sách
lương hưu = hưu trí = hưu = hưu trí xã hội
bán trú = nội trú = ăn trưa ở trường
gạo = suất gạo = tiền ăn
bão = cơn bão = bão lũ = mưa bão = gió bão
thiệt hại = mất trắng = tổn thất = thiệt = hư hại
danh sách = DS = bản kê = tên trong danh sách = có tên
gạch tên = bỏ ra = loại tên = xóa tên = không thấy tên = không có tên
lũ = lụt lội = mùa lũ = nước lũ
khi nào = bao giờ = lúc nào = bao h = ngày nào = chừng nào = bao lâu = đến bao giờ
chưa được nhận = chưa nhận = chưa lấy được = chưa có = chưa thấy = vẫn chưa = chưa được = chưa chi = chưa trả
chi trả = trả tiền = phát tiền = lĩnh = nhận tiền = lĩnh tiền
lắp đặt = lắp = lắp thêm = dựng = làm thêm = xây thêm = thêm = bổ sung = đặt
xây dựng = XD = xây = xây mới = làm mới = xd
cụm công nghiệp = CCN = khu công nghiệp = KCN = CN tập trung
công nhân = CNV = người làm công
chợ = khu chợ = chợ búa
ki ốt = kiot = sạp = quầy = ki-ốt = gian hàng = tiểu thương
chủ đầu tư = nhà thầu = bên thi công = đơn vị thi công = CĐT = đơn vị xây dựng
hoàn trả = trả lại = trả mặt bằng = trả lại mặt bằng = hoàn trả mặt bằng
đào đường = đào bới = xới đường = đào
đường tránh = đường vành đai = tuyến tránh
cao tốc = đường cao tốc = CT
quốc lộ = QL
đường tỉnh = tỉnh lộ = TL = ĐT
cấp trên = tỉnh = trung ương = trên = cấp tỉnh
đề xuất = kiến nghị = nguyện vọng
vợ chồng trẻ = cặp vợ chồng trẻ = mới cưới = vợ chồng mới cưới = ra ở riêng
chồng mất = chồng chết = vợ mất = ông mất = bố mất = đã mất = đã chết = qua đời = mất rồi = mất mấy năm
bố = cha = ba tôi = thầy u = bố mẹ = bố tôi
mẹ = má = bu = mẹ tôi
""".strip()

FILLERS = """
a à ạ ơi ôi dạ vâng thưa kính gửi chào cảm ơn cám xin đề nghị mong nhờ yêu cầu kiến nghị hỏi cho biết tôi chúng ta em cháu mình bác anh chị
ông bà bà_con người dân nhân dân các những mấy cái con chiếc và với cùng là thì mà rằng nên vì do bởi để được bị
có không ko k hông chưa đã đang sẽ vẫn còn cứ rồi r nữa thôi này kia đó đấy ấy nay đây vậy thế như nào sao gì đâu ai
ở tại trong ngoài trên dưới vào ra lên xuống đến tới từ về qua theo của cả mọi mỗi từng nhiều ít quá lắm rất hơn
nhất cũng chỉ mới lại luôn hay hoặc nếu khi lúc hồi lần thôn xóm bản xã phường tổ làng khu phải nhé giúp giùm hộ ta
tha thiết trân trọng quý ban lãnh đạo cấp trên giải quyết quan tâm bây giờ hiện hôm nay tuy nhưng còn rằng nó họ
bao nhiêu lâu việc chỗ nơi phía bên một hai xem làm đi cần muốn thấy biết nói bảo bà con dân toàn
""".strip()

SHORT = {
    "đg": "đường",
    "dg": "đường",
    "đc": "được",
    "dc": "được",
    "đk": "được",
    "ko": "không",
    "kg": "không",
    "k": "không",
    "hok": "không",
    "khg": "không",
    "hông": "không",
    "r": "rồi",
    "rùi": "rồi",
    "nc": "nước",
    "ng": "người",
    "ngta": "người ta",
    "bn": "bao nhiêu",
    "bnhiu": "bao nhiêu",
    "h": "giờ",
    "bh": "bao giờ",
    "vs": "với",
    "cx": "cũng",
    "j": "gì",
    "z": "vậy",
    "v": "vậy",
    "mn": "mọi người",
    "trc": "trước",
    "ntn": "như thế nào",
    "lm": "làm",
    "sd": "sử dụng",
    "qđ": "quyết định",
    "gđ": "gia đình",
    "hsơ": "hồ sơ",
    "cq": "cơ quan",
    "lđ": "lao động",
    "nd": "nhân dân",
    "đh": "đường",
    "kv": "khu vực",
    "tt": "trung tâm",
    "tx": "thường xuyên",
    "vsmt": "vệ sinh môi trường",
    "mtr": "môi trường",
    "cs": "chính sách",
    "đt": "điện thoại",
    "thg": "tháng",
    "vc": "vợ chồng",
    "ck": "chồng",
    "bv": "bệnh viện",
    "nvs": "nhà vệ sinh",
    "cc": "cung cấp",
    "vd": "ví dụ",
    "hd": "hướng dẫn",
    "hđ": "hợp đồng",
    "bt": "bê tông",
    "x": "xóm",
    "t": "tháng",
    "đ": "đồng",
    "tr": "triệu",
}
FOLDED_SHORT = {fold(short): tuple(fold(written).split()) for short, written in SHORT.items()}
"""The same for folded texts."""
